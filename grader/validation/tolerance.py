"""Whether the tolerance of each case fits: the reference in float64 against itself in float32 says how far off a right
answer may be by nature.

Both run in jails, through the stages that grade. A tolerance that the natural error nearly fills makes right answers
fail on other hardware; one that is many times wider may let wrong ones pass.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from importlib.resources import files

import msgspec

from grader.engine import Engine
from grader.exceptions import JudgeError
from grader.jail.process import Allowance
from grader.manifest import Case
from grader.package import Package
from grader.protocol import Prepared, Side
from grader.stages.check import CheckStage
from grader.stages.reference import Wanted, load_message
from grader.stages.solve import Listener, LoadFailed, Observation, SolveStage

TIGHT = 0.25
LOOSE = 1e-4
# A wrong answer is within reach of a tighter tolerance where it is so many times the natural error off.
ROOM = 10.0
# Beyond this, relative to the largest value, it is another computation and not another rounding.
ANOTHER = 0.02
_SLACK = 4.0
_TEXTS = files("grader.validation.jailed")
Never = Callable[[], bool]


class Fit(StrEnum):
    """How a tolerance fits."""

    GOOD = "good"
    TIGHT = "tight"
    LOOSE = "loose"
    UNKNOWN = "unknown"


class Measured(msgspec.Struct, frozen=True):
    """How far two answers to one case are apart.

    `share`: the largest error as a share of what is allowed there (-1: nothing is allowed, and there is one);
    `relative`: the largest error by the largest value; `wide`: float64 was seen; `moved`: there was any error.
    """

    share: float
    where: str
    rtol: float
    atol: float
    relative: float
    leaves: int
    wide: bool
    moved: bool
    trouble: str


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """What to do about the tolerance of a case, in words.

    `share`: the natural error as a share of the tolerance (None: can't tell); `escaping`: wrong solutions that pass
    the case and would not with a tighter tolerance.
    """

    case: str
    fit: Fit
    words: str
    share: float | None = None
    rtol: float | None = None
    atol: float | None = None
    escaping: list[str] = []


def natural(package: Package, engine: Engine, seed: int, cancelled: Never = lambda: False) -> dict[str, Measured | str]:
    """The natural error of each case, or in words why it can't be told. Raises Cancelled, JudgeError."""
    sides = _Sides(package, engine, seed, cancelled)
    source = package.files["reference.py"]
    found = sides.measure(_widened(package, source, inputs=True))
    # Code with float32 constants of its own can't take float64 inputs: Keras alone is widened then.
    rest = [case for case in package.cases if not _tells(found[case.id])]
    if rest:
        narrow = sides.measure(_widened(package, source, inputs=False), rest)
        found |= {case: seen for case, seen in narrow.items() if _tells(seen) or isinstance(found[case], str)}
    return found


def margins(
    package: Package,
    engine: Engine,
    seed: int,
    source: bytes,
    cases: Collection[str],
    cancelled: Never = lambda: False,
) -> dict[str, float]:
    """How far off a solution is in some cases, each as a share of the tolerance; those that can't be told are left
    out. Raises Cancelled, JudgeError.
    """
    asked = [case for case in package.cases if case.id in cases]
    found = _Sides(package, engine, seed, cancelled).measure(source, asked)
    return {
        case: seen.share
        for case, seen in found.items()
        if isinstance(seen, Measured) and seen.leaves and not seen.trouble and seen.share >= 0
    }


def advise(case: str, seen: Measured | str, wrong: Iterable[tuple[str, float]] = ()) -> Advice:
    """What the natural error of a case says of its tolerance; `wrong`: solutions that pass the case though they are
    wrong, and how far off they are as a share of the tolerance.
    """
    reason = _reason(seen)
    if reason or isinstance(seen, str):
        return Advice(case=case, fit=Fit.UNKNOWN, words=f"Can't tell: {reason}.")
    rtol, atol, share = seen.rtol, seen.atol, seen.share
    tolerance = f"rtol {rtol:g}, atol {atol:g}"
    if share < 0 or share >= TIGHT:
        much = f"{share:.0%} of" if share >= 0 else "outside of"
        words = (
            f"Too tight: between float64 and float32 the reference itself moves by {much} what is allowed ({tolerance})"
            f"{f' at {seen.where}' if seen.where else ''}. On other hardware right answers may fail."
        )
        return Advice(case=case, fit=Fit.TIGHT, words=words, share=max(share, 0.0), rtol=rtol, atol=atol)
    escaping = sorted(name for name, off in wrong if off > ROOM * share)
    times = f"{_rounded(1 / share)} times the natural error" if share else "wide of any error"
    fit, words = Fit.GOOD, f"It fits: the tolerance ({tolerance}) is {times}."
    if escaping:
        fit = Fit.LOOSE
        words = (
            f"Too loose: the tolerance ({tolerance}) is {times}. With one that is {ROOM:g} times the natural error "
            f"this case would also catch {', '.join(escaping)}."
        )
    elif share <= LOOSE:
        fit = Fit.LOOSE
        words = f"Loose: the tolerance ({tolerance}) is {times}. No wrong solution of this package gets through by it."
    return Advice(case=case, fit=fit, words=words, share=share, rtol=rtol, atol=atol, escaping=escaping)


def _rounded(times: float) -> str:
    return f"{float(f'{times:.2g}'):,.0f}"


def _tells(seen: Measured | str) -> bool:
    return not _reason(seen)


def _reason(seen: Measured | str) -> str:
    """Why nothing can be told; empty where something can."""
    if isinstance(seen, str):
        return seen
    if seen.trouble:
        return f"in float64 {seen.trouble}"
    if not seen.leaves:
        return "nothing here is decided by a tolerance"
    if not (seen.wide or seen.moved):
        return "nothing of it was computed in float64"
    if seen.relative > ANOTHER:
        return "in float64 it is another computation: it moves by more than rounding, as with other random numbers"
    return ""


def _widened(package: Package, source: bytes, *, inputs: bool) -> bytes:
    return source + _behind("widening.py", RUNTIME=package.runtime, INPUTS=inputs)


def _measuring(package: Package) -> Package:
    own = {case.id: [case.rtol, case.atol] for case in package.cases}
    checks = package.files.get("checks.py", b"")
    return package.with_files({"checks.py": checks + _behind("measuring.py", CASES=own)})


def _behind(name: str, **given: object) -> bytes:
    """Lines that run one of our texts, in names of its own, at the end of a file, whose lines keep their numbers."""
    text = _TEXTS.joinpath(name).read_text(encoding="utf-8")
    names = {"__name__": name, **given}
    return f"\n\nexec(compile({text!r}, {name!r}, 'exec', dont_inherit=True), {names!r})\n".encode()


class _Sides:
    """Answers to one seed of a package, compared with the reference's own."""

    def __init__(self, package: Package, engine: Engine, seed: int, cancelled: Never) -> None:
        self._package, self._engine, self._seed, self._cancelled = package, engine, seed, cancelled
        run = engine.reference_run(package, seed)
        try:
            self._prepared: Prepared = run.prepared.result()
            self._wanted: dict[str, Wanted] = {name: future.result() for name, future in run.wanted.items()}
        finally:
            run.close()

    def measure(self, source: bytes, cases: list[Case] | None = None) -> dict[str, Measured | str]:
        """Each case's distance, or why there is none."""
        asked = [case for case in (cases or self._package.cases) if not case.replay]
        replayed = [case.id for case in (cases or self._package.cases) if case.replay]
        found: dict[str, Measured | str] = dict.fromkeys(replayed, "it looks at what was handed over")
        checks = CheckStage(self._engine.place(self._package, "check"), _measuring(self._package))
        try:
            for case, seen in zip(asked, self._observe(source, asked), strict=True):
                found[case.id] = self._compare(checks, case, seen)
        finally:
            checks.close()
        return found

    def _observe(self, source: bytes, cases: list[Case]) -> list[Observation]:
        limits = self._package.limits
        load = load_message(self._package, source, self._prepared.solve, self._seed)
        allowance = Allowance(limits.cpu_seconds * _SLACK, limits.memory_mb)
        place, listener = self._engine.place(self._package, "reference"), Listener(cancelled=self._cancelled)
        stage = SolveStage(place, allowance, load, limits.case_seconds * _SLACK, listener)
        seen: dict[str, Observation] = {}
        try:
            for case in cases:
                if case.probe_name not in seen:
                    seconds = (case.seconds or limits.case_seconds) * _SLACK
                    seen[case.probe_name] = stage.observe(case.probe_name, fresh=case.fresh, seconds=seconds)
        except LoadFailed as failed:
            return [failed.observation] * len(cases)
        finally:
            stage.close()
        return [seen[case.probe_name] for case in cases]

    def _compare(self, checks: CheckStage, case: Case, seen: Observation) -> Measured | str:
        if seen.outcome is not None:
            trouble = f" ({seen.trouble.kind}: {seen.trouble.text})" if seen.trouble else ""
            return f"in float64 it ends with {seen.outcome.value.replace('_', ' ')}{trouble[:300]}"
        want = Side(solve=self._wanted[case.probe_name].body)
        try:
            compared = checks.compare(case, Side(solve=seen.body), want, self._prepared.secret)
            return msgspec.convert(json.loads(compared.public or ""), Measured)
        except (JudgeError, msgspec.ValidationError, json.JSONDecodeError):
            return "its check can't be measured"
