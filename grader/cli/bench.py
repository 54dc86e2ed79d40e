"""`python -m grader bench`: what grading adds to the probes' own work.

Everything is measured in one run, interleaved, so that the ratios hold on a machine of any speed; docs/performance.md
has the figures of one.
The probes' own work is that of bench/plain_probes.py: the same probes on the same solution in an ordinary process.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from grader.cli.workshop import engines, package_of
from grader.engine import Engine
from grader.jail.accounting import cpu_seconds
from grader.model import GradeRequest, Verdict
from grader.package import REPOSITORY, Package
from grader.zygote.preload import ENVIRONMENT

SLUG = "custom-layer"
SEED = 1
STARTS, ROUNDS = 30, 5
_NOTHING = b"CustomDenseLayer = None\n"  # ends right after its first line: only the start is measured
AIMS = {"start_ms": 30.0, "added_cpu_ratio": 0.1, "whole_ratio": 1.3}


@dataclass
class Samples:
    """What was measured, round by round: seconds of wall and CPU."""

    start_ms: list[float] = field(default_factory=list)
    graded: list[dict[str, float]] = field(default_factory=list)
    warm: list[dict[str, float]] = field(default_factory=list)
    cold: list[dict[str, float]] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """Medians and the three ratios."""
        graded, warm, cold = (
            {key: _median(rows, key) for key in ("cpu_s", "wall_s")} for rows in (self.graded, self.warm, self.cold)
        )
        added, import_cost = graded["cpu_s"] - warm["cpu_s"], cold["cpu_s"] - warm["cpu_s"]
        return {
            "challenge": SLUG,
            "cores": os.cpu_count(),
            "load": round(os.getloadavg()[0], 2),
            "start_ms": round(statistics.median(self.start_ms), 2),
            "graded": graded,
            "warm_process": warm,
            "cold_process": cold,
            "added_cpu_s": round(added, 3),
            "import_cpu_s": round(import_cost, 3),
            "added_cpu_ratio": round(added / import_cost, 3),
            "whole_ratio": round(graded["wall_s"] / warm["wall_s"], 3),
            "aims": AIMS,
        }


def run(*, as_json: bool) -> int:
    """Measure and print. Returns the exit code: 0, whatever the figures are."""
    package = package_of(SLUG)
    samples = Samples()
    console = Console(stderr=True)
    with (
        engines(1, (package.runtime,)) as (engine,),
        Progress(console=console, disable=as_json or not console.is_terminal) as progress,
    ):
        zygote = _zygote_pid()
        engine.prepare(package, SEED)
        task = progress.add_task("measuring", total=ROUNDS)
        for _ in range(ROUNDS):
            samples.start_ms += [_start(engine, package) for _ in range(STARTS // ROUNDS)]
            samples.graded.append(_grade(engine, package, zygote))
            samples.warm.append(_plain("warm"))
            samples.cold.append(_plain("cold"))
            progress.advance(task)
    figures = samples.figures()
    sys.stdout.write(json.dumps(figures) + "\n" if as_json else "\n".join(_rows(figures)) + "\n")
    return 0


def _start(engine: Engine, package: Package) -> float:
    """Milliseconds from a request to the first line of candidate code."""
    engine.reserve.pids()  # a request to a slot that is idle: the last one's successor has been made
    timings = engine.grade(GradeRequest(package, _NOTHING, SEED)).timings
    if timings.jail_ms is None:
        raise RuntimeError("the jail did not start")
    return timings.jail_ms


def _grade(engine: Engine, package: Package, zygote: int) -> dict[str, float]:
    """One whole grading of the reference: this process, its children, the zygote and the jails."""
    engine.reserve.pids()
    before, began = _own_cpu() + cpu_seconds(zygote), time.monotonic()
    result = engine.grade(GradeRequest(package, package.files["reference.py"], SEED))
    wall = time.monotonic() - began
    if result.verdict is not Verdict.ACCEPTED:
        raise RuntimeError(f"the reference was not accepted: {result.verdict}, {result.message}")
    return {"cpu_s": _own_cpu() + cpu_seconds(zygote) - before + result.timings.cpu_s, "wall_s": wall}


def _plain(mode: str) -> dict[str, float]:
    """The same probes in an ordinary process."""
    command = [sys.executable, str(REPOSITORY / "bench" / "plain_probes.py"), SLUG, str(SEED), mode]
    environment = {**os.environ, **ENVIRONMENT}
    done = subprocess.run(command, capture_output=True, check=True, env=environment, text=True)
    measured: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return measured


def _own_cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _zygote_pid() -> int:
    """The zygote among this process's children."""
    for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split():
        if b"grader.zygote" in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
    raise RuntimeError("no zygote runs")


def _median(rows: list[dict[str, float]], key: str) -> float:
    return round(statistics.median(row[key] for row in rows), 3)


def _rows(figures: dict[str, Any]) -> Iterator[str]:
    yield f"{SLUG} on {figures['cores']} cores, load {figures['load']}"
    for name, key in (
        ("graded, whole", "graded"),
        ("in a warm process", "warm_process"),
        ("in a cold process", "cold_process"),
    ):
        yield f"  {name:<42}{figures[key]['wall_s']:8.2f} s    {figures[key]['cpu_s']:.2f} s CPU"
    for name, key in (
        ("request to first line of code (ms)", "start_ms"),
        ("CPU added by grading / by importing", "added_cpu_ratio"),
        ("graded / warm process, wall", "whole_ratio"),
    ):
        yield f"  {name:<42}{figures[key]:8.3f}      aim: at most {AIMS[key]:g}"
