"""`python -m grader replay`: bundles are graded again, and said to agree or not."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape

from grader import seeds
from grader.bundles.agreement import Difference, changed, differences
from grader.bundles.bundle import Bundle, read_file
from grader.bundles.record import proof_of
from grader.cli.grade import JUDGE_FAILED, number
from grader.cli.workshop import WrongUsageError, engines, package_of
from grader.engine import Engine
from grader.exceptions import BundleError
from grader.libraries import surroundings
from grader.model import GradeRequest, GradeResult, Verdict
from grader.package import Package, library

DIFFERS = 1


@dataclass(frozen=True)
class Job:
    """A bundle with the package that it is graded on; `found` says where that came from."""

    file: Path
    bundle: Bundle
    package: Package
    found: str


@dataclass(frozen=True)
class Answer:
    """What came of grading a bundle again."""

    job: Job
    result: GradeResult
    differences: list[Difference]
    libraries: list[Difference]

    @property
    def failed(self) -> bool:
        """Whether the platform failed, so that nothing can be said."""
        return self.result.verdict is Verdict.JUDGE_ERROR

    @property
    def agrees(self) -> bool:
        return not self.failed and not self.differences


def run(files: list[Path], *, as_json: bool) -> int:
    """Grade the bundles again, one after the other. Returns the exit code. Raises WrongUsageError."""
    jobs = [_job(file) for file in files]
    codes = []
    with engines(1, tuple(sorted({job.package.runtime for job in jobs}))) as (engine,):
        for job in jobs:
            answer = _graded(engine, job)
            _tell(answer, as_json=as_json)
            codes.append(JUDGE_FAILED if answer.failed else 0 if answer.agrees else DIFFERS)
    return max(codes)


def _job(file: Path) -> Job:
    try:
        bundle = read_file(file)
    except BundleError as error:
        raise WrongUsageError(f"{_safe(str(file))}: {_safe(str(error))}") from error
    if bundle.package:
        return Job(file, bundle, bundle.package, "the bundle's own")
    slug = bundle.record.challenge
    package = package_of(slug) if slug in library() else None
    if package is None or proof_of(package.digest) != bundle.record.proof:
        raise WrongUsageError(
            f"{_safe(str(file))}: expected its version of {slug} in challenges/, since the bundle has none, received "
            f"{'another version' if package else 'no such challenge'}; take a bundle with the package in it"
        )
    return Job(file, bundle, package, "that in challenges/")


def _graded(engine: Engine, job: Job) -> Answer:
    record, package = job.bundle.record, job.package
    seed = seeds.draw(package) if record.seed is None else record.seed
    result = engine.grade(GradeRequest(package, job.bundle.source, seed, record.samples_only))
    here = surroundings(package.runtime)
    return Answer(job, result, differences(record, result), changed(record.libraries, here))


def _tell(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(_line(answer) + "\n")
        sys.stdout.flush()
    else:
        _print(answer)


def _line(answer: Answer) -> str:
    """One bundle as one line of JSON."""
    record, result = answer.job.bundle.record, answer.result
    content = {
        "bundle": str(answer.job.file),
        "submission": record.submission,
        "challenge": record.challenge,
        "version": result.version,
        "package": "bundle" if answer.job.bundle.package else "challenges",
        "seed": result.seed,
        "seed_recorded": record.seed is not None,
        "agrees": None if answer.failed else answer.agrees,
        "differences": [asdict(one) for one in answer.differences],
        "libraries": [asdict(one) for one in answer.libraries],
        "libraries_recorded": bool(record.libraries),
        "recorded": {"verdict": record.verdict, "score": number(record.score)},
        "now": {"verdict": result.verdict, "score": number(result.score), "message": result.message},
    }
    return msgspec.json.encode(content).decode()


def _print(answer: Answer) -> None:
    console = Console(highlight=False)
    record, result = answer.job.bundle.record, answer.result
    sign = (
        "[magenta]⚑ not graded[/]" if answer.failed else "[green]✓ agrees[/]" if answer.agrees else "[red]✗ differs[/]"
    )

    def say(text: str) -> None:
        console.print(text, soft_wrap=True)

    say(
        f"{sign}  [bold]{record.challenge}[/]  {escape(_safe(str(answer.job.file)))}  [dim]recorded {record.verdict}, "
        f"{record.score:g} points; now {result.verdict}, {result.score:g} points[/]"
    )
    if answer.failed:
        say(f"  {escape(_safe(result.message or ''))}")
    for one in [] if answer.failed else answer.differences:
        say(f"  [red]✗[/] {escape(_safe(f'{one.what}: recorded {one.recorded}; now {one.now}'))}")
    for one in answer.libraries:
        say(f"  [yellow]![/] {escape(_safe(f'{one.what}: graded with {one.recorded}; here {one.now}'))}")
    if not record.libraries:
        say("  [yellow]![/] the libraries that it was graded with were not written down")
    if record.seed is None:
        say("  [yellow]![/] a candidate's bundle has no seed: graded with one out of the version's pool")
    say(f"  [dim]package: {answer.job.found}, {result.version[:12]}; seed {result.seed}[/]")


def _safe(text: str) -> str:
    """Text out of a bundle for a terminal: in one line, and nothing that a terminal would obey."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
