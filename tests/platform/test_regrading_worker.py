"""Regrades with real processes: a Celery worker and its pool, the sweep, kills; and once in real jails."""

import shutil

import pytest
from django.conf import settings
from interviewing import an_interview, started
from regrades import alma, engine, forgiving, grade, without
from support import start_worker, wait_until

from grader.package import Package
from gradetape.catalog.actions import publish
from gradetape.interviews.actions.sit import hand_in
from gradetape.regrading import rejudge, shadow, summary
from gradetape.regrading.models import Regrade, Scope
from gradetape.regrading.stopping import cancel
from gradetape.regrading.turns import REGRADES
from gradetape.reviews.actions.points import override
from gradetape.reviews.models import Override
from gradetape.standings.models import Standing
from gradetape.submissions.actions import submit
from gradetape.submissions.models import Attempt, Ending, Kind, State, Submission, SubmissionEvent
from gradetape.turntaking.models import Stage
from tests.grader.toy import CHECKS
from tests.grader.toy import FILES as TOY

__all__ = ["alma", "engine", "grade"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(300)]


def await_end(regrade: Regrade, seconds: float = 120) -> Regrade:
    wait_until(lambda: not Regrade.objects.get(pk=regrade.pk).is_open, seconds)
    return Regrade.objects.get(pk=regrade.pk)


def test_exactly_those_that_change_are_named_and_then_changed(grade, worker, version, ana, bob, ada, alma):
    changed, *others = grade(ana, "fail three"), grade(bob, "fail two"), grade(ada, "pass")
    before = list(Submission.objects.order_by("pk").values())
    found = summary.of(await_end(shadow.start(version.challenge, forgiving(), alma)), alma)
    assert ([one.id for one in found.changes], found.same) == ([str(changed.pk)[:8]], 2)
    assert list(Submission.objects.order_by("pk").values()) == before
    done = await_end(rejudge.start(publish(package=forgiving()).version, Scope.PRACTICE, alma))
    assert [one.id for one in summary.of(done, alma).changes] == [str(changed.pk)[:8]]
    scores = {one.pk: one.score for one in Submission.objects.all()}
    assert scores == {changed.pk: 100, **{one.pk: one.score for one in others}}
    assert {one.version for one in Submission.objects.all()} == {done.version}


def test_a_worker_that_dies_in_a_turn_loses_nothing_and_applies_once(grade, worker, version, ana, bob, alma):
    deadly, other = grade(ana, "fail three"), grade(bob, "fail three")
    Submission.objects.filter(pk=deadly.pk).update(source=b"fail three\ndie once in-a-regrade\n")
    regrade = await_end(rejudge.start(publish(package=forgiving()).version, Scope.PRACTICE, alma))
    # The turn in which it died was taken again.
    assert (regrade.state, regrade.turn) == (Stage.FINISHED, 2 + 1 + 1)
    for one in (deadly, other):
        one.refresh_from_db()
        assert (one.score, one.attempt, one.cases.count()) == (100, 2, 3)
        assert Attempt.objects.filter(submission=one, ending=Ending.REGRADED).count() == 1
        assert SubmissionEvent.objects.filter(submission=one, type="finished").count() == 1


def test_one_that_always_kills_its_worker_is_listed_and_the_rest_goes_on(grade, worker, version, ana, bob, alma):
    other, deadly = grade(bob, "fail three"), grade(ana, "fail three")
    Submission.objects.filter(pk=deadly.pk).update(source=b"die\n")
    regrade = await_end(rejudge.start(publish(package=forgiving()).version, Scope.PRACTICE, alma))
    found = summary.of(regrade, alma)
    assert (regrade.state, found.failed, found.changed) == (Stage.FINISHED, 1, 1)
    assert {one.pk: one.score for one in Submission.objects.all()} == {deadly.pk: 65, other.pk: 100}


def test_the_whole_worker_goes_and_another_one_finishes(grade, worker, version, ana, bob, alma):
    for user in (ana, bob):
        sent = grade(user, "fail three")
        Submission.objects.filter(pk=sent.pk).update(source=b"fail three\npause 0.5\n")
    regrade = rejudge.start(publish(package=forgiving()).version, Scope.PRACTICE, alma)
    wait_until(lambda: Regrade.objects.get().lease is not None)
    worker.kill_all()
    again = start_worker()
    try:
        assert await_end(regrade).state == Stage.FINISHED
    finally:
        again.kill_all()
    assert {(one.score, one.attempt) for one in Submission.objects.all()} == {(100, 2)}


def test_interviews_standings_and_given_points_follow_and_who_sits_is_left_alone(
    grade, worker, version, interview, ines, ana, alma
):
    quiet = an_interview(ines, [version.challenge], title="Quiet")
    (_, running), (_, over) = started(interview), started(quiet, "over@example.org")
    mine, theirs, handed = grade(ana, "fail three"), grade(running.candidate, "fail three"), grade(over.candidate)
    hand_in(sitting=over)
    case = handed.cases.get(case="nothing")
    override(sitting=over, by=ines, submission=handed, case=case, points=5, reason="so")
    regrade = await_end(rejudge.start(publish(package=without("nothing")).version, Scope.EVERYTHING, alma))
    assert (regrade.state, regrade.left_out, regrade.rows.count()) == (Stage.FINISHED, 1, 2)
    assert quiet.tasks.get().version == regrade.version
    assert interview.tasks.get().version == version
    versions = {one.pk: one.version for one in Submission.objects.all()}
    assert versions == {mine.pk: regrade.version, handed.pk: regrade.version, theirs.pk: version}
    assert Override.objects.get().revoked_at is not None
    assert Standing.objects.get(user=ana).parts == {"basics": 40, "edges": 25}
    assert Attempt.objects.filter(submission=theirs).count() == 1


def test_people_come_between_the_turns(grade, worker, version, send, ana, bob, ada, alma):
    for user in (ana, bob):
        sent = grade(user, "fail three")
        Submission.objects.filter(pk=sent.pk).update(source=b"pause 1\n")
    regrade = shadow.start(version.challenge, forgiving(), alma)
    wait_until(lambda: Regrade.objects.get().lease is not None, 60)
    submission = send(ada)
    wait_until(lambda: Submission.objects.get(pk=submission.pk).state == State.FINISHED, 60)
    assert Regrade.objects.get().is_open
    assert await_end(regrade).state == Stage.FINISHED


def test_a_lost_message_is_rung_for_again(grade, worker, version, ana, alma, monkeypatch):
    grade(ana, "fail three")
    monkeypatch.setattr(type(REGRADES), "ring", lambda *_: None)
    regrade = shadow.start(version.challenge, forgiving(), alma)
    assert await_end(regrade).state == Stage.FINISHED


def test_it_is_cancelled_in_the_middle_of_a_grading(grade, worker, version, ana, alma):
    sent = grade(ana, "fail three")
    Submission.objects.filter(pk=sent.pk).update(source=b"pause 200\n")
    regrade = rejudge.start(publish(package=forgiving()).version, Scope.PRACTICE, alma)
    wait_until(lambda: Regrade.objects.get().lease is not None, 60)
    assert cancel(regrade, alma)
    Submission.objects.filter(pk=sent.pk).update(source=b"fail three\n")
    # Its slot is free for the next one.
    other = rejudge.start(publish(package=forgiving("two")).version, Scope.PRACTICE, alma)
    assert await_end(other).state == Stage.FINISHED
    assert [one.attempt for one in Submission.objects.all()] == [2]


def test_in_real_jails_a_corrected_case_turns_what_it_was_wrong_about(db, beat, alma, ana, bob):
    """A bound that was too low fails the right answer; corrected, it fails the wrong one alone."""
    shutil.rmtree(settings.ENGINE_RUN_DIR, ignore_errors=True)
    faulty = {**TOY, "checks.py": CHECKS.replace('"bound": 2.5', '"bound": 1.9')}
    old, new = (Package("toy", {path: text.encode() for path, text in files.items()}) for files in (faulty, TOY))
    version = publish(package=old).version
    worker = start_worker(TESTED_ENGINE="real", WORKER_RUNTIMES="keras3")
    try:
        right, wrong = (
            submit(candidate=user, version=version, source=f"def double(x):\n    return x * {by}\n".encode(),
                   kind=Kind.SUBMIT)
            for user, by in ((ana, 2), (bob, 3))
        )  # fmt: skip
        wait_until(lambda: Submission.objects.filter(state=State.FINISHED).count() == 2, 120)
        found = summary.of(await_end(shadow.start(version.challenge, new, alma), 240), alma)
    finally:
        worker.kill_all()
    (change,) = found.changes
    assert (change.id, found.same, found.failed) == (str(right.pk)[:8], 1, 0)
    assert (change.was, change.now) == (summary.Grade("partial", 75), summary.Grade("accepted", 100))
    assert change.cases == [summary.Turned("secret_bound", "failed", "passed")]
    assert Submission.objects.get(pk=wrong.pk).score == 0
