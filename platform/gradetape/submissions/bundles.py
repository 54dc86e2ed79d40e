"""A verdict as a file that can be graded again: see docs/decisions/2026-11-22-bundles.md for what is in it for whom.

A full bundle holds the hidden cases' package and the seed. Whoever calls with `full` has asked who it is for.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grader import archives
from grader.bundles.bundle import members
from grader.bundles.record import FORMAT, Record, proof_of
from grader.events import CaseFinished
from grader.model import Outcome, Verdict
from gradetape.accounts.http import SignedInRequest
from gradetape.accounts.packing import in_a_thread
from gradetape.audit import log
from gradetape.catalog.models import VersionArchive
from gradetape.submissions.models import Kind, Submission
from gradetape.submissions.progress import CASE_FIELDS
from gradetape.submissions.story import recorded

# How long hidden cases take is not told to candidates, so neither is how long everything took.
TOLD_TIMINGS = ("jail_ms", "first_case_ms")


def record_of(submission: Submission, *, full: bool) -> Record:
    """What was decided. Not full: no more than its candidate was told."""
    version = submission.version
    attempt = submission.attempts.get(number=submission.attempt)
    return Record(
        format=FORMAT,
        submission=str(submission.pk),
        challenge=version.challenge.slug,
        number=version.number,
        version=version.digest if full else None,
        proof=proof_of(version.digest),
        seed=submission.seed if full else None,
        samples_only=submission.kind == Kind.RUN,
        verdict=Verdict(submission.verdict or ""),
        score=submission.score or 0,
        message=submission.message or None,
        line=submission.line,
        cases=tuple(_case(row) for row in submission.cases.values(*CASE_FIELDS)),
        output=submission.output,
        libraries=attempt.libraries,
        timings={name: value for name, value in submission.timings.items() if full or name in TOLD_TIMINGS},
        attempt=submission.attempt,
        sent_at=submission.created_at,
        started_at=submission.started_at,
        finished_at=submission.finished_at,
    )


def _case(row: dict[str, Any]) -> CaseFinished:
    told = {**row, "hint": row["hint"] or None, "message": row["message"] or None, "outcome": Outcome(row["outcome"])}
    return CaseFinished(**told)


def _pieces(submission: Submission, *, full: bool) -> Iterator[bytes]:
    package = bytes(VersionArchive.objects.get(version=submission.version).data) if full else None
    events = [event.public() for event in recorded(submission.pk)]
    files = members(record_of(submission, full=full), bytes(submission.source), events, package)
    yield from archives.pieces(files)


def bundle_of(submission: Submission, *, full: bool) -> StreamingHttpResponse:
    """The download. Raises Http404 for what has no verdict, or one that was our own fault."""
    if not submission.has_bundle:
        raise Http404
    answer = StreamingHttpResponse(in_a_thread(_pieces(submission, full=full)), content_type="application/x-tar")
    name = f"gradetape-{submission.challenge.slug}-{str(submission.pk)[:8]}.tar"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
@never_cache
def bundle(request: SignedInRequest, pk: UUID) -> StreamingHttpResponse:
    """The bundle of one's own submission, as far as one was told; for administrators all of it, of anybody's."""
    visible = Submission.objects.visible_to(request.user).select_related("version__challenge")
    found = get_object_or_404(visible, pk=pk)
    full = request.user.is_admin
    answer = bundle_of(found, full=full)
    if full:
        log.record(actor=request.user, action="bundle.made", scope=f"submission:{found.pk}")
    return answer
