"""Grading a submission again: with what seed, and what is kept of it until it is made its own."""

from collections.abc import Callable
from typing import Any, NamedTuple, Self
from uuid import UUID

import msgspec

from grader.events import CaseFinished, Event, Timings
from grader.exceptions import JudgeError
from grader.model import GradeRequest, GradeResult, Verdict
from grader.package import Package
from grader.seeds import pool
from gradetape.catalog.models import VersionArchive
from gradetape.regrading.models import Regrade, RegradedSubmission
from gradetape.submissions import engines
from gradetape.submissions.models import Submission
from gradetape.submissions.results import passed_on
from gradetape.submissions.teller import Teller
from gradetape.submissions.text import storable


class Graded(NamedTuple):
    """A result with the story that was told of it, without its end: type and data of each event."""

    result: GradeResult
    story: list[tuple[str, dict[str, Any]]]

    def stored(self) -> Any:
        """As plain data that a database takes."""
        return storable({"result": msgspec.to_builtins(self.result), "story": self.story})

    @classmethod
    def of(cls, stored: Any) -> Self:
        """From such data."""
        fields = stored["result"]
        # One by one: of GradeResult msgspec can't tell the types, which its module knows while they are checked only.
        typed = {
            "verdict": Verdict(fields["verdict"]),
            "cases": msgspec.convert(fields["cases"], tuple[CaseFinished, ...]),
            "timings": msgspec.convert(fields["timings"], Timings),
        }
        return cls(GradeResult(**{**fields, **typed}), [(kind, data) for kind, data in stored["story"]])


def seed_for(submission: Submission, package: Package) -> int:
    """The seed at the same place in the package's pool that the submission's has in its own version's.

    So a regrade gives the same whenever it is made. A seed of no pool has the place that its value says.
    """
    seeds: list[int] = VersionArchive.objects.values_list("seeds", flat=True).get(version=submission.version_id)
    mine = pool(package)
    place = seeds.index(submission.seed) if submission.seed in seeds else submission.seed
    return mine[place % len(mine)]


def known(regrade: Regrade, submission_id: UUID) -> Graded | None:
    """What another regrade with this package on this engine found; None where none has looked."""
    rows = RegradedSubmission.objects.filter(submission=submission_id, result__isnull=False)
    found = rows.filter(regrade__digest=regrade.digest, regrade__engine=regrade.engine).first()
    return None if found is None else Graded.of(found.result)


def graded(package: Package, submission: Submission, cancelled: Callable[[], bool]) -> Graded:
    """Grade it with the package. Raises Cancelled, and JudgeError where it can't be graded."""
    # Not to tell anybody: it knows how much noise is kept.
    teller = Teller(submission.pk, 0)

    def keep(event: Event) -> None:
        told = passed_on(event)
        if told is not None:
            teller.keep(*told)

    request = GradeRequest(
        package=package, source=bytes(submission.source), seed=seed_for(submission, package), cancelled=cancelled
    )
    result = engines.current().grade(request, keep)
    if result.verdict == Verdict.JUDGE_ERROR:
        raise JudgeError(result.message or "the engine gave no reason")
    return Graded(result, [(event.type, event.values()) for event in teller.events])
