"""Rejudging: the new grade takes the old one's place, once and everywhere."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from interviewing import an_interview, started
from interviewing import save as save_in
from interviewing import send as send_in
from regrades import alma, by_hand, engine, forgiving, grade, step, to_the_end, without
from reviewing import REVIEW, Reviewer, reviewed_package
from support import signed_in

from grader.seeds import pool
from gradetape.accounts.export import files
from gradetape.audit.models import AuditEntry
from gradetape.catalog.actions import publish
from gradetape.interviews.actions.forget import anonymise
from gradetape.interviews.actions.sit import hand_in
from gradetape.interviews.models import Interview, Sitting, Task, Visibility
from gradetape.interviews.progress import candidates_of, sent_rows
from gradetape.regrading import rejudge, shadow, summary
from gradetape.regrading.models import Regrade, RegradedSubmission, Scope
from gradetape.regrading.stopping import cancel
from gradetape.regrading.turns import REGRADES
from gradetape.regrading.work import step as work_step
from gradetape.reviews.actions.points import override
from gradetape.reviews.editions import rubrics_of
from gradetape.reviews.models import Override, RubricEdition
from gradetape.standings.models import Activity, Standing
from gradetape.submissions import engines
from gradetape.submissions.models import Attempt, CaseResult, Ending, Kind, Submission, SubmissionEvent
from gradetape.submissions.story import look
from gradetape.timeline.reading import moments_of
from gradetape.turntaking.models import Stage
from gradetape.webhooks.actions import add
from gradetape.webhooks.models import Delivery, Event
from gradetape.webhooks.payload import body_of

__all__ = ["alma", "engine", "grade"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rejudged(alma):
    """Publishes a package and rejudges to the end: `rejudged(forgiving(), Scope.EVERYTHING)`."""

    def run(package, scope: Scope = Scope.PRACTICE) -> Regrade:
        return to_the_end(rejudge.start(publish(package=package).version, scope, alma))

    return run


def test_the_new_grade_takes_the_old_one_s_place(version, grade, ana, alma, rejudged, as_ana):
    sent = grade(ana, "fail three\nprint hello")
    before = Submission.objects.get(pk=sent.pk)
    place = version.archive.seeds.index(sent.seed)
    regrade = rejudged(forgiving())
    assert regrade.state == Stage.FINISHED
    sent.refresh_from_db()
    assert (sent.version, sent.verdict, sent.score) == (regrade.version, "accepted", 100)
    assert (sent.seed, sent.attempt) == (pool(forgiving())[place], 2)
    assert [(row.case, row.outcome) for row in sent.cases.all()] == [
        ("two", "passed"), ("three", "passed"), ("nothing", "passed"),
    ]  # fmt: skip
    # When it was sent and when it was first graded stays.
    for kept in ("created_at", "started_at", "finished_at", "state"):
        assert getattr(sent, kept) == getattr(before, kept)
    assert [attempt.ending for attempt in sent.attempts.all()] == [Ending.FINISHED, Ending.REGRADED]
    page = as_ana.get(sent.get_absolute_url()).text
    assert f"with version {regrade.version.number}; before: 65 points" in page
    assert "planted-hint-three" not in page


def test_the_story_tells_the_new_grading(grade, ana, rejudged):
    sent = grade(ana, "fail three\nprint hello")
    rejudged(forgiving())
    events = look(sent.pk).events
    assert [event.type for event in events] == [
        "queued", "started", "case_started", "output", "case", *["case_started", "case"] * 2, "finished",
    ]  # fmt: skip
    assert [tuple(event.id) for event in events] == [(0, 1), *[(2, number) for number in range(1, len(events))]]
    assert events[-1].values()["score"] == 100
    assert look(sent.pk).public()["verdict"] == "accepted"


def test_a_bundle_holds_the_new_grading(grade, ana, as_ana, rejudged):
    sent = grade(ana, "fail three")
    rejudged(forgiving())
    assert as_ana.get(f"/submissions/{sent.pk}/bundle/").status_code == 200


def test_standings_follow(version, grade, ana, bob, rejudged):
    grade(ana, "fail three")
    grade(ana, "fail two")
    grade(bob, "fail three")
    activity = list(Activity.objects.order_by("pk").values())
    before = Standing.objects.get(user=ana)
    rejudged(forgiving())
    standing = Standing.objects.get(user=ana)
    assert (standing.state, standing.best, standing.attempts) == ("solved", 100, 2)
    assert standing.parts == {"basics": 75, "edges": 25}
    assert standing.solved_at == Submission.objects.get(candidate=ana, score=100).finished_at
    assert (standing.seconds, standing.active_at) == (before.seconds, before.active_at)
    assert Standing.objects.get(user=bob).state == "solved"
    assert list(Activity.objects.order_by("pk").values()) == activity


def test_what_is_taken_back_is_solved_no_more(version, grade, ana, rejudged, tiny):
    rejudged(forgiving())
    grade(ana, "fail three", at=version.challenge.versions.get(number=2))
    assert Standing.objects.get().state == "solved"
    rejudged(tiny(statement="# Doubling\n\nNow strict.\n"))
    standing = Standing.objects.get()
    assert (standing.state, standing.solved_at, standing.best) == ("tried", None, 65)
    assert standing.parts == {"basics": 40, "edges": 25}


def test_it_is_written_down(grade, ana, alma, rejudged):
    sent = grade(ana, "fail three")
    rejudged(forgiving())
    entry = AuditEntry.objects.get(action="submission.regraded")
    assert (entry.actor, entry.scope, entry.about) == (alma, "challenge:doubling", f"submission:{sent.pk}")
    assert (entry.details["was"], entry.details["now"]) == (65, 100)


def test_what_a_shadow_found_is_used(version, grade, ana, alma, rejudged, monkeypatch):
    grade(ana, "fail three")
    to_the_end(shadow.start(version.challenge, forgiving(), alma))

    def refuse(*_: object) -> None:
        raise AssertionError("graded twice")

    monkeypatch.setattr(type(engines.current()), "grade", refuse)
    assert rejudged(forgiving()).state == Stage.FINISHED
    assert Submission.objects.get().score == 100


def test_runs_and_what_was_our_fault_stay_as_they_are(grade, ana, bob, rejudged):
    run = grade(ana, "fail two", kind=Kind.RUN)
    broken = grade(bob)
    Submission.objects.filter(pk=broken.pk).update(verdict="judge_error")
    assert rejudged(forgiving("two")).rows.count() == 0
    run.refresh_from_db()
    assert run.version.number == 1


def test_what_can_not_be_graded_changes_nothing_and_is_listed(grade, ana, bob, alma, rejudged):
    broken, other = grade(ana, "fail three"), grade(bob, "fail three")
    Submission.objects.filter(pk=broken.pk).update(source=b"fault\n")
    before = list(CaseResult.objects.filter(submission=broken).values())
    found = summary.of(rejudged(forgiving()), alma)
    assert (found.failed, found.changed) == (1, 1)
    assert found.failures[0].id == str(broken.pk)[:8]
    broken.refresh_from_db()
    assert (broken.version.number, broken.score, broken.attempt) == (1, 65, 1)
    assert list(CaseResult.objects.filter(submission=broken).values()) == before
    other.refresh_from_db()
    assert other.score == 100


def test_points_given_by_people_follow_or_go_with_their_case(interview, version, ines, grade, rejudged):
    _, sitting = started(interview)
    sent = grade(sitting.candidate, "fail three")
    hand_in(sitting=sitting)
    for case, points in (("three", 30), ("nothing", 5)):
        result = sent.cases.get(case=case)
        override(sitting=sitting, by=ines, submission=sent, case=result, points=points, reason="so")
    regrade = rejudged(without("nothing"), Scope.EVERYTHING)
    kept, gone = Override.objects.get(case="three"), Override.objects.get(case="nothing")
    assert (kept.was, kept.points, kept.revoked_at) == (0, 30, None)
    assert gone.revoked_at is not None
    (row,) = regrade.rows.all()
    assert (row.was_score, row.was_counted, row.score, row.counted) == (65, 75, 65, 95)
    page = Reviewer(signed_in(ines), sitting).page(task="doubling")
    assert "95 points" in page.text
    assert candidates_of(interview, interview.tasks.all())[0].total == 95


def test_points_are_never_more_than_a_case_is_worth(interview, version, ines, grade, rejudged):
    _, sitting = started(interview)
    sent = grade(sitting.candidate, "fail three")
    hand_in(sitting=sitting)
    override(
        sitting=sitting, by=ines, submission=sent, case=sent.cases.get(case="three"), points=35, reason="so"
    )  # fmt: skip
    package = forgiving("nobody")
    manifest = package.files["challenge.toml"].replace(b"points = 35", b"points = 5").replace(b"= 40", b"= 70")
    rejudged(type(package)(package.slug, {**package.files, "challenge.toml": manifest}), Scope.EVERYTHING)
    assert (Override.objects.get().was, Override.objects.get().points) == (0, 5)
    assert candidates_of(interview, interview.tasks.all())[0].total == 100


def test_practice_leaves_interviews_alone(interview, version, grade, ana, rejudged):
    _, sitting = started(interview)
    theirs, mine = grade(sitting.candidate, "fail three"), grade(ana, "fail three")
    hand_in(sitting=sitting)
    regrade = rejudged(forgiving())
    assert [row.submission_id for row in regrade.rows.all()] == [mine.pk]
    theirs.refresh_from_db()
    assert (theirs.score, theirs.version) == (65, version)
    assert Task.objects.get().version == version


def test_interviews_move_and_those_in_which_somebody_sits_are_left_out(interview, version, ines, grade, alma, rejudged):
    quiet = an_interview(ines, [version.challenge], title="Quiet")
    (_, over), (_, running), (_, done) = started(interview, "a@e.org"), started(interview, "b@e.org"), started(quiet)
    first, second, third = (grade(one.candidate, "fail three") for one in (over, running, done))
    hand_in(sitting=over)
    hand_in(sitting=done)
    before = [list(table.objects.filter(submission__in=[first, second]).order_by("pk").values())
              for table in (CaseResult, SubmissionEvent, Attempt)]  # fmt: skip
    regrade = rejudged(forgiving(), Scope.EVERYTHING)
    assert (regrade.left_out, [row.submission_id for row in regrade.rows.all()]) == (1, [third.pk])
    assert interview.tasks.get().version == version
    assert quiet.tasks.get().version == regrade.version
    assert summary.of(regrade, alma).left_out == 1
    after = [list(table.objects.filter(submission__in=[first, second]).order_by("pk").values())
             for table in (CaseResult, SubmissionEvent, Attempt)]  # fmt: skip
    assert before == after
    # Once nobody sits there, running again does the rest.
    hand_in(sitting=running)
    again = to_the_end(rejudge.start(regrade.version, Scope.EVERYTHING, alma))
    assert (again.left_out, again.rows.count()) == (0, 2)
    assert {one.score for one in Submission.objects.all()} == {100}
    assert interview.tasks.get().version == regrade.version


def test_the_first_turn_moves_and_what_begins_afterwards_has_the_new_version(interview, version, grade, alma):
    _, sitting = started(interview)
    sent = grade(sitting.candidate, "fail three")
    hand_in(sitting=sitting)
    now = publish(package=forgiving()).version
    regrade = rejudge.start(now, Scope.EVERYTHING, alma)
    assert step(regrade)
    assert Task.objects.get().version == now
    # Between the move and its turn the submission is still graded with the version before; all pages know both.
    client, other = started(interview, "new@example.org")
    answer = send_in(client, other, "fail three")
    by_hand(Submission.objects.get(pk=answer.json()["id"]))
    assert Submission.objects.get(candidate=other.candidate).version == now
    assert [row.kind for row in sent_rows(sitting, Task.objects.get())] == ["submit"]
    sent.refresh_from_db()
    assert sent.version != now
    to_the_end(regrade)
    sent.refresh_from_db()
    assert (sent.score, sent.version) == (100, now)


def test_pages_of_an_interview_go_by_the_challenge(ines, alma, grade, version):
    interview = an_interview(ines, [version.challenge], visibility=Visibility.EVERYTHING)
    client, sitting = started(interview)
    save_in(client, sitting, "fail three")
    answer = send_in(client, sitting, "fail three")
    sent = Submission.objects.get(pk=answer.json()["id"])
    by_hand(sent)
    override(
        sitting=sitting, by=ines, submission=sent, case=CaseResult.objects.get(case="three"), points=1, reason="so"
    )  # fmt: skip
    hand_in(sitting=sitting)
    # What was typed last had been sent, so it is not handed in once more.
    assert Submission.objects.count() == 1
    regrade = rejudge.start(publish(package=without("three")).version, Scope.EVERYTHING, alma)
    reviewer = Reviewer(signed_in(ines), sitting)
    for _ in range(2):
        assert step(regrade)
        page = reviewer.page(task="doubling")
        assert [one.submission.pk for one in page.context["attempts"]] == [sent.pk]
        assert reviewer.page("decision/").context["parts"][0]["counts"].submission.pk == sent.pk
        assert reviewer.page("replay/").status_code == 200
        for address in ("compare/", "report/", "candidates.csv", ""):
            assert signed_in(ines).get(f"/interviews/{interview.pk}/{address}").status_code == 200
        row = reviewer.post(f"attempts/{sent.pk}/cases/two/", points="1", reason="so")
        assert row.status_code == 200
    assert "with version 2; before: 65 points" in reviewer.page(task="doubling").text
    verdicts = [one for one in moments_of(sitting) if one.kind == "verdict"]
    assert [(one.data["score"], one.data["passed"]) for one in verdicts] == [(100, 3)]


def test_a_rubric_that_was_scored_by_stays(ines, alma, grade, version):
    first = publish(package=reviewed_package(slug="told")).version
    interview = an_interview(ines, [first.challenge])
    _, sitting = started(interview)
    hand_in(sitting=sitting)
    other = an_interview(ines, [first.challenge], title="Other")
    reviewer = Reviewer(signed_in(ines), sitting)
    assert reviewer.score("c1", 3, slug="told").status_code == 200
    changed = publish(package=reviewed_package(REVIEW.replace("Clarity of", "Beauty of"), slug="told")).version
    to_the_end(rejudge.start(changed, Scope.EVERYTHING, alma))
    kept, moved = interview.tasks.get(), other.tasks.get()
    assert kept.version == moved.version == changed
    rubrics = rubrics_of([kept, moved])
    assert (rubrics[kept.pk].edition, rubrics[kept.pk].criteria[0].title) == (1, "Clarity of `double`")
    assert (rubrics[moved.pk].edition, rubrics[moved.pk].criteria[0].title) == (0, "Beauty of `double`")
    assert RubricEdition.objects.count() == 1


def test_what_was_done_in_a_lost_turn_is_done_once(grade, ana, alma, version):
    grade(ana, "fail three")
    regrade = rejudge.start(publish(package=forgiving()).version, Scope.PRACTICE, alma)
    lost = REGRADES.claim(job_id=regrade.pk, worker="slow@there")
    Regrade.objects.update(lease=timezone.now() - timedelta(seconds=1))
    assert REGRADES.sweep()[0] == 1
    REGRADES.take(lost, work_step)
    assert Submission.objects.get().attempt == 1
    to_the_end(regrade)
    assert (Submission.objects.get().attempt, Attempt.objects.count()) == (2, 2)
    assert RegradedSubmission.objects.get().applied_at is not None


def test_one_at_a_time_and_the_last_word_counts(grade, ana, alma, ada, version):
    grade(ana, "fail three")
    second = publish(package=forgiving("two")).version
    first = rejudge.start(second, Scope.PRACTICE, alma)
    assert rejudge.start(second, Scope.PRACTICE, ada) == first
    third = publish(package=forgiving()).version
    other = rejudge.start(third, Scope.PRACTICE, ada)
    first.refresh_from_db()
    assert first.state == Stage.CANCELLED
    to_the_end(other)
    assert Submission.objects.get().version == third


def test_cancelled_it_stops_and_what_was_done_stays(grade, ana, bob, alma, version):
    grade(ana, "fail three")
    grade(bob, "fail three")
    regrade = rejudge.start(publish(package=forgiving()).version, Scope.PRACTICE, alma)
    assert step(regrade)
    assert cancel(regrade, alma)
    assert not step(regrade)
    assert sorted(one.score for one in Submission.objects.all()) == [65, 100]


def test_an_account_that_goes_while_it_waits_is_no_trouble(grade, ana, bob, alma, version):
    grade(ana, "fail three")
    grade(bob, "fail three")
    regrade = rejudge.start(publish(package=forgiving()).version, Scope.PRACTICE, alma)
    bob.delete()
    assert to_the_end(regrade).state == Stage.FINISHED
    assert Submission.objects.get().score == 100


def test_nothing_told_is_left_in_what_is_kept_of_it(grade, ana, alma, rejudged):
    grade(ana, "fail three\nprint planted-output")
    regrade = rejudged(forgiving())
    assert "planted-output" not in json.dumps(list(regrade.rows.values()), default=str)


def test_a_rejudge_without_anything_to_do_is_over_at_once(version, alma):
    now = publish(package=forgiving()).version
    assert rejudge.start(now, Scope.PRACTICE, alma).state == Stage.FINISHED
    assert to_the_end(rejudge.start(now, Scope.EVERYTHING, alma)).state == Stage.FINISHED
    assert not Interview.objects.exists()
    assert not Sitting.objects.exists()


def test_webhooks_are_told_once_for_a_sitting_that_changed(interview, version, grade, alma):
    add(interview=interview, url="https://hooks.example.org/x", events=[Event.REGRADED])
    (_, changed), (_, same) = started(interview, "a@e.org"), started(interview, "b@e.org")
    for source in ("fail three", "fail three\n"):
        grade(changed.candidate, source)
    grade(same.candidate, "fail two")
    for sitting in (changed, same):
        hand_in(sitting=sitting)
    to_the_end(shadow.start(version.challenge, forgiving(), alma))
    assert not Delivery.objects.exists()
    to_the_end(rejudge.start(publish(package=forgiving()).version, Scope.EVERYTHING, alma))
    delivery = Delivery.objects.get()
    assert (delivery.sitting, delivery.event) == (changed, "sitting.regraded")
    assert json.loads(body_of(delivery))["sitting"]["score"] == 100


def test_an_account_s_export_says_what_it_was_before(grade, ana, rejudged):
    grade(ana, "fail three")
    rejudged(forgiving())
    (told,) = [content for name, content in files(ana) if name.endswith("submission.json")]
    facts = json.loads(told)
    assert (facts["score"], [one["score"] for one in facts["before_regrading"]]) == (100, [65])


def test_what_is_kept_of_a_regrade_is_forgotten_with_its_sitting(interview, version, grade, alma):
    _, sitting = started(interview)
    grade(sitting.candidate, "fail three\nprint planted-output")
    hand_in(sitting=sitting)
    to_the_end(shadow.start(version.challenge, forgiving(), alma))
    row = RegradedSubmission.objects.get()
    assert "planted-output" in json.dumps(row.result)
    RegradedSubmission.objects.update(fault="planted-fault")
    anonymise(sitting=sitting, by=None)
    row.refresh_from_db()
    assert (row.result, row.was_score, row.score) == (None, 65, 100)
    assert "planted" not in row.fault
