"""Whether a grading says the same as a bundle does. Verdict, score, outcomes and points count; times do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from grader.bundles.record import Record
from grader.events import CaseFinished
from grader.model import GradeResult


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was: `what` is "verdict", "score" or "case NAME"."""

    what: str
    recorded: str
    now: str


def differences(record: Record, result: GradeResult) -> list[Difference]:
    """What differs, the verdict first. Empty: they agree."""
    return list(_differing(record, result))


def changed(recorded: Mapping[str, str], here: Mapping[str, str]) -> list[Difference]:
    """The libraries that are not the ones that were used; none where these were not written down."""
    if not recorded:
        return []
    names = [*recorded, *(name for name in here if name not in recorded)]
    pairs = [Difference(name, recorded.get(name, "none"), here.get(name, "none")) for name in names]
    return [pair for pair in pairs if pair.recorded != pair.now]


def _differing(record: Record, result: GradeResult) -> Iterator[Difference]:
    if record.verdict != result.verdict:
        yield Difference("verdict", record.verdict, result.verdict)
    if record.score != result.score:
        yield Difference("score", f"{record.score:.15g}", f"{result.score:.15g}")
    then, now = _by_name(record.cases), _by_name(result.cases)
    for name in [*then, *(name for name in now if name not in then)]:
        if then.get(name) != now.get(name):
            yield Difference(f"case {name}", then.get(name, "none"), now.get(name, "none"))


def _by_name(cases: Iterable[CaseFinished]) -> dict[str, str]:
    return {case.case: f"{case.outcome}, {case.earned:.15g} of {case.points:.15g}" for case in cases}
