"""Standings: kept with each submission and save, and filled for what was there before."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from support import finish

from grader.model import Verdict
from gradetape.catalog.actions import publish
from gradetape.standings.actions import note_work
from gradetape.standings.models import Activity, Standing
from gradetape.submissions import attempts
from gradetape.submissions.actions import save_draft
from gradetape.submissions.models import Draft, DraftVersion, Ending, Kind, Submission

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
FACTS = ("user", "challenge", "state", "best", "best_submission", "parts", "attempts", "runs")


@pytest.fixture
def graded(send, take, ana):
    """Grades a submission of Ana's: `graded(score=40)`; below 100 it is partly right."""

    def grade(score: float = 100, kind: Kind = Kind.SUBMIT) -> Submission:
        submission = send(ana, kind=kind)
        finish(take(submission), score=score, verdict=Verdict.ACCEPTED if score == 100 else Verdict.PARTIAL)
        return submission

    return grade


def standing() -> Standing:
    return Standing.objects.get()


def test_sending_makes_a_challenge_tried(send, ana):
    send(ana, kind=Kind.RUN)
    assert (standing().state, standing().runs, standing().attempts, standing().best) == ("tried", 1, 0, None)


def test_a_saved_draft_is_no_try_yet(ana, version):
    save_draft(candidate=ana, challenge=version.challenge, source=b"x", revision=0)
    assert standing().state == "new"


def test_the_best_stays_and_a_later_one_that_is_as_good_takes_its_place(graded):
    graded(score=40)
    better = graded(score=60)
    graded(score=20)
    assert (standing().best, standing().best_submission_id, standing().attempts) == (60, better.pk, 3)
    equal = graded(score=60)
    assert standing().best_submission_id == equal.pk
    assert standing().parts == {"basics": 75, "edges": 25}


def test_solved_is_for_good_and_counted_once(graded):
    graded()
    solved_at = standing().solved_at
    graded(score=10)
    graded()
    assert (standing().state, standing().solved_at) == ("solved", solved_at)
    assert sum(Activity.objects.values_list("solved", flat=True)) == 1


def test_runs_of_the_samples_earn_nothing(graded):
    graded(kind=Kind.RUN)
    assert (standing().state, standing().best, standing().attempts) == ("tried", None, 0)


def test_our_own_fault_is_no_attempt(send, take, ana, settings):
    settings.MAX_ATTEMPTS = 1
    submission = send(ana)
    take(submission)
    assert attempts.give_back(submission_id=submission.pk, attempt=1, ending=Ending.FAULT, fault="broken")
    assert (standing().state, standing().attempts, standing().best) == ("tried", 0, None)


def test_time_between_two_signs_of_work_counts_unless_it_was_a_break(ana, version, tiny):
    other = publish(package=tiny("other")).version
    for minutes, at in ((0, version), (4, version), (9, other), (30, other)):
        note_work(user_id=ana.pk, challenge_id=at.challenge_id, at=NOON + timedelta(minutes=minutes), sent=Kind.RUN)
    spent = dict(Standing.objects.values_list("challenge__slug", "seconds"))
    assert spent == {"doubling": 240, "other": 300}
    busy = list(Activity.objects.values_list("quarter", "sent", "seconds"))
    assert busy == [(NOON, 3, 540), (NOON + timedelta(minutes=30), 1, 0)]


def test_quick_saves_are_noted_together(ana, version, django_assert_max_num_queries):
    for seconds in (0, 25):
        note_work(user_id=ana.pk, challenge_id=version.challenge_id, at=NOON + timedelta(seconds=seconds))
    with django_assert_max_num_queries(4):
        note_work(user_id=ana.pk, challenge_id=version.challenge_id, at=NOON + timedelta(seconds=30))
    note_work(user_id=ana.pk, challenge_id=version.challenge_id, at=NOON + timedelta(seconds=50))
    assert standing().seconds == 50


def test_a_snippet_is_work_and_no_try(ana, version):
    note_work(user_id=ana.pk, challenge_id=version.challenge_id, at=NOON, sent="scratch")
    assert (standing().state, standing().runs, Activity.objects.count()) == ("new", 0, 0)


def test_what_was_sent_before_is_filled_in_as_if_it_had_been_kept(graded, send, ana, bob, version, tiny):
    other = publish(package=tiny("other")).version
    for score in (40, 100, 70):
        graded(score=score)
    graded(kind=Kind.RUN)
    send(bob)
    save_draft(candidate=bob, challenge=other.challenge, source=b"x", revision=0)
    facts = [list(model.objects.order_by("user", name).values(*columns)) for model, name, columns in kept()]
    Standing.objects.all().delete()
    Activity.objects.all().delete()
    import_module("gradetape.standings.migrations.0002_fill").fill(apps, None)
    assert facts == [list(model.objects.order_by("user", name).values(*columns)) for model, name, columns in kept()]


def kept():
    return [(Standing, "challenge", FACTS), (Activity, "quarter", ("user", "quarter", "sent", "solved"))]


def test_time_is_filled_in_from_saves_and_submissions(ana, version, send):
    submission = send(ana)
    Submission.objects.filter(pk=submission.pk).update(created_at=NOON + timedelta(minutes=5))
    draft = Draft.objects.create(candidate=ana, challenge=version.challenge, saved_at=NOON + timedelta(minutes=8))
    for revision, minutes in enumerate((0, 3, 40)):
        DraftVersion.objects.create(draft=draft, revision=revision, saved_at=NOON + timedelta(minutes=minutes))
    Standing.objects.all().delete()
    Activity.objects.all().delete()
    import_module("gradetape.standings.migrations.0002_fill").fill(apps, None)
    assert standing().seconds == 8 * 60
    assert standing().started_at == NOON
