"""`python -m grader grade`: files in, verdicts out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from grader import seeds
from grader.cli.table import Watcher
from grader.cli.workshop import WrongUsageError, engines, package_of
from grader.events import CaseFinished
from grader.model import GradeRequest, GradeResult, Verdict

JUDGE_FAILED = 3


def run(slug: str, files: list[Path], *, samples_only: bool, seed: int | None, as_json: bool) -> int:
    """Grade the files one after the other in one warm engine. Returns the exit code. Raises WrongUsageError."""
    package = package_of(slug)
    sources = [(file, read(file)) for file in files]
    graded = [case.id for case in package.cases if case.sample or not samples_only]
    failed = False
    with engines(1, (package.runtime,)) as (engine,):
        for file, source in sources:
            chosen = seeds.draw(package) if seed is None else seed
            request = GradeRequest(package, source, chosen, samples_only)
            if as_json:
                result = engine.grade(request)
                sys.stdout.write(line(file, result) + "\n")
                sys.stdout.flush()
            else:
                with Watcher(package.title, graded, file) as watcher:
                    result = engine.grade(request, watcher.take)
                watcher.summary(result)
            failed |= result.verdict is Verdict.JUDGE_ERROR
    return JUDGE_FAILED if failed else 0


def line(file: Path, result: GradeResult) -> str:
    """One result as one line of JSON."""
    content = {
        "file": str(file),
        "challenge": result.challenge,
        "version": result.version,
        "seed": result.seed,
        "verdict": result.verdict,
        "score": number(result.score),
        "message": result.message,
        "line": result.line,
        "cases": [case_facts(case) for case in result.cases],
        "output": result.output,
        "timings": msgspec.to_builtins(result.timings),
    }
    return msgspec.json.encode(content).decode()


def case_facts(case: CaseFinished) -> dict[str, Any]:
    """One case as it stands in a line of JSON."""
    return {
        "id": case.case,
        "part": case.part,
        "points": number(case.points),
        "earned": number(case.earned),
        "outcome": case.outcome,
        "seconds": case.seconds,
        "sample": case.sample,
        "hint": case.hint,
        "message": case.message,
        "line": case.line,
    }


def number(value: float) -> float:
    """Whole numbers without a fraction."""
    return int(value) if float(value).is_integer() else value


def read(file: Path) -> bytes:
    """The file's content. Raises WrongUsageError."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise WrongUsageError(f"{file}: {error.strerror or error}") from error
