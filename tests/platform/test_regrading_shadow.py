"""Shadow regrades: they name exactly what would change, and change nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone
from interviewing import an_interview, started
from interviewing import send as send_in
from regrades import alma, by_hand, engine, forgiving, grade, step, to_the_end, without

from grader.seeds import pool
from gradetape.audit.models import AuditEntry
from gradetape.catalog.actions import publish
from gradetape.interviews.actions.sit import hand_in
from gradetape.interviews.models import Sitting
from gradetape.regrading import choosing, shadow, summary
from gradetape.regrading.models import Regrade
from gradetape.regrading.stopping import cancel
from gradetape.regrading.turns import REGRADES
from gradetape.reviews.actions.review import finish_review, recommend
from gradetape.standings.models import Standing
from gradetape.submissions.models import CaseResult, Kind, State, Submission, SubmissionEvent
from gradetape.turntaking.models import Stage

__all__ = ["alma", "engine", "grade"]
pytestmark = pytest.mark.django_db(transaction=True)


def everything() -> list[list[dict]]:
    tables = (Submission, CaseResult, SubmissionEvent, Standing, Sitting)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_exactly_those_that_change_are_named_and_nothing_changes(version, grade, ana, bob, ada, alma):
    wrong, right = grade(ana, "fail three"), grade(bob, "pass")
    other = grade(ada, "fail two")
    before = everything()
    regrade = to_the_end(shadow.start(version.challenge, forgiving(), alma))
    assert regrade.state == Stage.FINISHED
    found = summary.of(regrade, alma)
    assert (found.total, found.done, found.changed, found.same, found.failed) == (3, 3, 1, 2, 0)
    (change,) = found.changes
    assert change.id == str(wrong.pk)[:8]
    assert (change.was, change.now) == (summary.Grade("partial", 65), summary.Grade("accepted", 100))
    assert change.cases == [summary.Turned("three", "failed", "passed")]
    assert everything() == before
    assert {right.verdict, other.verdict} == {"accepted", "partial"}


def test_a_case_that_is_gone_and_one_that_is_new_are_named(version, grade, ana, alma):
    grade(ana, "fail three")
    (change,) = summary.of(to_the_end(shadow.start(version.challenge, without("three"), alma)), alma).changes
    assert change.cases == [summary.Turned("three", "failed", ""), summary.Turned("other", "", "passed")]


def test_each_candidates_latest_and_best_are_taken_the_newest_first(version, grade, ana, bob, alma):
    grade(ana, "fail three")
    best = grade(ana, "fail nothing")
    grade(ana, "fail two")
    last = grade(ana, "fail two\n")
    bobs = grade(bob, "fail two")
    grade(bob, "pass", kind=Kind.RUN)
    regrade = shadow.start(version.challenge, forgiving(), alma)
    assert list(regrade.rows.values_list("submission", flat=True)) == [bobs.pk, last.pk, best.pk]


def test_at_most_so_many_are_taken(version, grade, ana, bob, alma, monkeypatch):
    monkeypatch.setattr(choosing, "MOST", 1)
    grade(ana)
    bobs = grade(bob)
    assert [row.submission_id for row in shadow.start(version.challenge, forgiving(), alma).rows.all()] == [bobs.pk]


def test_where_nothing_was_sent_it_is_finished_at_once(version, send, take, grade, ana, alma):
    send(ana)
    assert shadow.start(version.challenge, forgiving(), alma).state == Stage.FINISHED
    broken = grade(ana)
    Submission.objects.filter(pk=broken.pk).update(verdict="judge_error")
    assert shadow.start(version.challenge, forgiving("two"), alma).state == Stage.FINISHED


def test_what_was_graded_with_the_package_already_is_left_out(version, grade, ana, alma):
    grade(ana)
    older = version
    publish(package=forgiving())
    package = forgiving()
    assert shadow.start(older.challenge, package, alma).rows.count() == 1
    grade(ana, at=publish(package=package).version)
    assert shadow.start(older.challenge, forgiving("two"), alma).rows.count() == 1


def test_nothing_of_a_running_sitting_is_taken_and_nothing_of_an_anonymised_one(interview, version, grade, alma):
    _, sitting = started(interview)
    sent = grade(sitting.candidate, "fail three")
    assert shadow.start(version.challenge, forgiving(), alma).state == Stage.FINISHED
    hand_in(sitting=sitting)
    regrade = shadow.start(version.challenge, forgiving("two"), alma)
    assert [row.submission_id for row in regrade.rows.all()] == [sent.pk]
    Sitting.objects.update(anonymised_at=timezone.now())
    assert shadow.start(version.challenge, forgiving("nothing"), alma).state == Stage.FINISHED
    # What became anonymous meanwhile is not graded as the empty file that is left.
    failure = summary.of(to_the_end(regrade), alma).failures[0]
    assert "not kept" in failure.fault


def test_an_unchanged_question_costs_nothing(version, grade, ana, alma, ada):
    grade(ana, "fail three")
    first = shadow.start(version.challenge, forgiving(), alma)
    assert shadow.start(version.challenge, forgiving(), ada) == first
    to_the_end(first)
    assert shadow.start(version.challenge, forgiving(), ada) == first == shadow.kept(version.challenge, forgiving())
    assert shadow.kept(version.challenge, forgiving("two")) is None
    publish(package=forgiving("nothing"))
    assert shadow.kept(version.challenge, forgiving()) is None
    assert shadow.start(version.challenge, forgiving(), alma) != first


def test_one_against_a_version_that_is_not_live_any_more_makes_room(version, grade, ana, alma):
    grade(ana)
    first = shadow.start(version.challenge, forgiving(), alma)
    publish(package=forgiving("nothing"))
    assert shadow.start(version.challenge, forgiving(), alma) != first
    first.refresh_from_db()
    assert first.state == Stage.CANCELLED


def test_of_two_who_ask_at_once_both_get_the_same(version, grade, ana, alma, ada, monkeypatch):
    grade(ana)
    first = shadow.start(version.challenge, forgiving(), alma)
    # The other one had not begun when this one looked.
    looks = iter([None, first])
    monkeypatch.setattr(shadow, "kept", lambda *_: next(looks))
    assert shadow.start(version.challenge, forgiving(), ada) == first
    assert Regrade.objects.get().is_open


def test_a_cancelled_one_is_not_kept(version, grade, ana, alma):
    grade(ana)
    regrade = shadow.start(version.challenge, forgiving(), alma)
    assert cancel(regrade, alma)
    assert not cancel(regrade, alma)
    assert not step(regrade)
    assert shadow.kept(version.challenge, forgiving()) is None
    actions = ["shadow.started", "regrade.cancelled"]
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == actions


def test_the_seed_has_the_place_that_it_has_in_its_own_pool(version, grade, ana, alma):
    sent = grade(ana)
    place = version.archive.seeds.index(sent.seed)
    regrade = to_the_end(shadow.start(version.challenge, forgiving(), alma))
    assert regrade.rows.get().result["result"]["seed"] == pool(forgiving())[place]


def test_while_people_wait_no_turn_begins(version, grade, send, take, ana, bob, alma):
    grade(ana)
    regrade = shadow.start(version.challenge, forgiving(), alma)
    waiting = send(bob)
    assert not step(regrade)
    take(waiting)
    assert step(regrade)


def test_a_submission_that_kills_its_worker_is_listed_and_the_others_go_on(version, grade, ana, bob, alma):
    grade(bob, "fail three")
    deadly = grade(ana)
    Submission.objects.filter(pk=deadly.pk).update(source=b"fault\n")
    regrade = to_the_end(shadow.start(version.challenge, forgiving(), alma))
    found = summary.of(regrade, alma)
    assert (regrade.state, found.failed, found.changed, found.same) == (Stage.FINISHED, 1, 1, 0)
    assert found.failures[0].id == str(deadly.pk)[:8]
    assert "planted-fault-detail" in found.failures[0].fault


def test_a_turn_whose_worker_died_is_taken_again(version, grade, ana, alma):
    grade(ana, "fail three")
    regrade = shadow.start(version.challenge, forgiving(), alma)
    assert REGRADES.claim(job_id=regrade.pk, worker="dead@there")
    assert not step(regrade)
    Regrade.objects.update(lease=timezone.now() - timedelta(seconds=1))
    assert REGRADES.sweep()[0] == 1
    assert summary.of(to_the_end(regrade), alma).changed == 1


def test_a_link_is_for_those_who_may_open_it(version, grade, ana, alma, ada):
    sent = grade(ana, "fail three")
    regrade = to_the_end(shadow.start(version.challenge, forgiving(), alma))
    assert summary.of(regrade, alma).changes[0].link == ""
    assert summary.of(regrade, ada).changes[0].link == sent.get_absolute_url()


def test_teams_read_whose_decisions_are_touched_and_others_that_there_are_some(
    interview, version, ines, iris, alma, tiny
):
    other = publish(package=tiny("tripling")).version
    both = an_interview(ines, [version.challenge, other.challenge], title="Both")
    client, sitting = started(both)
    for slug in ("doubling", "tripling"):
        answer = send_in(client, sitting, "fail three", slug=slug)
        by_hand(Submission.objects.get(pk=answer.json()["id"]))
    hand_in(sitting=sitting)
    recommend(sitting=sitting, reviewer=ines, choice="yes", was="")
    finish_review(sitting=sitting, reviewer=ines)
    regrade = to_the_end(shadow.start(version.challenge, forgiving(), alma))
    (told,) = summary.of(regrade, ines).interviews
    assert (told.interview, told.candidate, told.before, told.after) == ("Both", "Cleo", 65, 82.5)
    assert (told.reviews, told.decisions) == (1, ["Yes"])
    assert str(sitting.pk) in told.link
    for stranger in (alma, iris):
        (told,) = summary.of(regrade, stranger).interviews
        assert (told.interview, told.candidate, told.link) == ("an interview of others", "a candidate", "")
        assert (told.before, told.after, told.reviews, told.decisions) == (65, 82.5, 1, [])
    assert Submission.objects.filter(state=State.FINISHED).count() == 2


def test_the_number_of_queries_has_a_bound(version, grade, ana, alma, django_assert_max_num_queries, interview):
    for index in range(3):
        _, sitting = started(interview, f"c{index}@example.org")
        grade(sitting.candidate, "fail three")
        hand_in(sitting=sitting)
    regrade = to_the_end(shadow.start(version.challenge, forgiving(), alma))
    with django_assert_max_num_queries(14):
        assert len(summary.of(regrade, alma).interviews) == 3


def test_only_the_newest_are_kept(version, grade, ana, alma, monkeypatch):
    monkeypatch.setattr(shadow, "KEPT", 2)
    grade(ana)
    for case in ("two", "three", "nothing", "none"):
        to_the_end(shadow.start(version.challenge, forgiving(case), alma))
    assert Regrade.objects.count() == 2
