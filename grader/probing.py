"""What an author writes probes with.

A probe is a function of a solution and a random generator that returns observations: plain data (see `grader.plain`).
It runs once in the candidate's jail and once, with the same seed, on the reference.

    @probe("forward")
    def forward(solution, rng):
        layer = solution.CustomDenseLayer(4, activation="relu")
        return {"output": layer(f32(rng, 8, 3))}

A parameter after those two is filled by name: with what a `@shared` set-up returned, or with prepared data.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grader.watching import CallWatch

Probe = Callable[..., Any]
UNKNOWN_RUNS = 1_000_000


class Registry:
    """The probes and set-ups of the module that is being imported, and where progress and artifacts go."""

    def __init__(self) -> None:
        self.probes: dict[str, Probe] = {}
        self.shared: dict[str, Probe] = {}
        self.report: Callable[[dict[str, float]], None] = lambda values: None
        self.hand: Callable[[Path, str], None] = lambda path, name: None


registry = Registry()


def probe(name: str) -> Callable[[Probe], Probe]:
    """Register a probe. `name` is the id of a case in challenge.toml, or the `probe` of several."""

    def register(function: Probe) -> Probe:
        if name in registry.probes:
            raise ValueError(f"expected one probe for each name, received a second {name!r}")
        registry.probes[name] = function
        return function

    return register


def shared(function: Probe) -> Probe:
    """Register a set-up, such as a trained model, that is made once and handed to each probe with a parameter of its
    name.
    """
    registry.shared[function.__name__] = function
    return function


def f32(rng: np.random.Generator, *shape: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Standard normal float32 values of `shape`."""
    return rng.standard_normal(shape, dtype=np.float32)


def raised(function: Callable[..., object], *args: object, **kwargs: object) -> str:
    """What a call does: "ValueError", "another exception" or "nothing raised"."""
    try:
        function(*args, **kwargs)
    except ValueError:
        return "ValueError"
    except Exception:  # noqa: BLE001 - whatever it is, it is not the one that was asked for
        return "another exception"
    return "nothing raised"


@contextmanager
def calls_of(functions: Mapping[str, Callable[..., object]]) -> Iterator[list[str]]:
    """Watch which of the named functions run, however they were imported.

    The list, sorted, is filled when the block ends.
    """
    ran: list[str] = []
    with CallWatch(functions) as watch:
        yield ran
    ran += sorted(watch.ran)


@dataclass
class Runs:
    """How often Python went through a function."""

    count: int = 0


@contextmanager
def python_runs(target: Any) -> Iterator[Runs]:
    """Count how often Python runs a layer's `call` (or a function).

    Inside `tf.function` that is once for each trace. Where the solution lifted the watch the count is UNKNOWN_RUNS,
    which is too many for any bound.
    """
    function = target.call if hasattr(target, "call") else target
    runs = Runs()
    with CallWatch({"target": function}) as watch:
        yield runs
        hidden = watch.removed  # asked inside: leaving the block takes the watch out
    runs.count = UNKNOWN_RUNS if hidden else watch.counts["target"]


def report(**values: float) -> None:
    """Tell whoever watches how far the probe is, for instance `report(step=4, loss=0.3)`.

    Numbers that are not finite are left out.
    """
    numbers = {name: float(value) for name, value in values.items()}
    registry.report({name: value for name, value in numbers.items() if math.isfinite(value)})


def artifact(path: str | Path, name: str | None = None) -> None:
    """Hand over a file or a folder for the replay half of the running probe (see `grader.replaying`).

    It is taken as it is now, under `name` (its own unless given). Raises ArtifactRefused for anything but regular
    files, for more than 64 of them or for more than 32 MiB in all.
    """
    registry.hand(Path(path), name or Path(path).name)


def scratch() -> Path:
    """A fresh folder for temporary files; it is gone with the jail."""
    return Path(tempfile.mkdtemp(prefix="probe-"))
