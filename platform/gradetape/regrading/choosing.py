"""Which submissions are graded again. What candidates of anonymised sittings sent has no source any more."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import Q

from gradetape.catalog.models import Challenge
from gradetape.interviews.models import Interview, Sitting
from gradetape.regrading.models import Regrade, RegradedSubmission
from gradetape.submissions.models import Submission
from gradetape.submissions.models.submission import SubmissionQuerySet

MOST = 300
BATCH = 500


def for_shadow(challenge: Challenge, digest: str) -> list[UUID]:
    """Each candidate's latest and best, the newest first, at most so many; nothing of those who sit now."""
    running = Sitting.objects.running().values("candidate")
    rows = _graded(challenge, digest).exclude(candidate__in=running).order_by("-created_at")
    guests = set(Sitting.objects.filter(candidate__in=rows.values("candidate")).values_list("candidate", flat=True))
    latest: dict[int, UUID] = {}
    best: dict[int, tuple[float, UUID]] = {}
    order: dict[UUID, int] = {}
    for place, (pk, candidate, reached) in enumerate(rows.values_list("pk", "candidate", "score").iterator()):
        score = reached or 0.0
        order[pk] = place
        latest.setdefault(candidate, pk)
        # Of equals the last one counts for practice and the first one in an interview.
        known = best.get(candidate)
        if known is None or score > known[0] or (candidate in guests and score == known[0]):
            best[candidate] = (score, pk)
    wanted = {*latest.values(), *(pk for _, pk in best.values())}
    return sorted(wanted, key=order.__getitem__)[:MOST]


def of_practice(challenge: Challenge, digest: str) -> Iterator[UUID]:
    """All that people sent outside of interviews, graded with other versions; the newest first."""
    rows = _graded(challenge, digest).exclude(candidate__in=Sitting.objects.values("candidate"))
    return rows.order_by("-created_at").values_list("pk", flat=True).iterator()


def of_interviews(challenge: Challenge, digest: str, interviews: Iterable[Interview]) -> Iterator[UUID]:
    """All that candidates of these interviews sent, graded with other versions; the newest first."""
    sittings = Sitting.objects.filter(invitation__interview__in=list(interviews))
    rows = _graded(challenge, digest).filter(candidate__in=sittings.values("candidate"))
    return rows.order_by("-created_at").values_list("pk", flat=True).iterator()


def plan(regrade: Regrade, submissions: Iterable[UUID]) -> int:
    """A row for each, behind those that are there. Says how many there are now."""
    first = regrade.rows.count()
    made = RegradedSubmission.objects.bulk_create(
        (
            RegradedSubmission(regrade=regrade, submission_id=pk, position=position)
            for position, pk in enumerate(submissions, start=first)
        ),
        batch_size=BATCH,
    )
    return first + len(made)


def trouble_with(submission: Submission) -> str:
    """Why a submission can't be graded again now; empty where it can."""
    sittings = Sitting.objects.filter(candidate=submission.candidate_id)
    if sittings.filter(anonymised_at__isnull=False).exists():
        return "Its code is not kept any longer."
    if sittings.running().exists():
        return "Its candidate sits at this moment."
    return ""


def _graded(challenge: Challenge, digest: str) -> SubmissionQuerySet:
    forgotten = Sitting.objects.filter(anonymised_at__isnull=False)
    mine = Submission.objects.graded().filter(version__challenge=challenge)
    return mine.exclude(Q(version__digest=digest) | Q(candidate__in=forgotten.values("candidate")))
