"""What an author writes checks with.

Without a check of its own a case is decided by `agree(got, want)`. A check is a function of the candidate's
observations, the reference's, and the secret data; it raises through the helpers below when something is wrong, and
may return a share of the points.

    @check("learns")
    def learns(got, want, secret):
        at_least("accuracy", accuracy(got["predictions"], secret["y_test"]), 0.90)

Where the case has a replay, `got` and `want` are {"solve": what the probe returned, "replay": what its replay half
returned}. Take facts about the inputs from `want` or `secret`, never from `got`: the candidate's process made that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from grader.comparing import compare
from grader.diagnosis import Mismatch

Check = Callable[[Any, Any, Any], float | None]


@dataclass(frozen=True)
class Prepared:
    """Data made for one seed.

    `solve` goes to the probes and their replay halves as keyword arguments, `replay` to the replay halves only,
    `secret` to the checks alone.
    """

    solve: dict[str, Any] = field(default_factory=dict)
    replay: dict[str, Any] = field(default_factory=dict)
    secret: dict[str, Any] = field(default_factory=dict)


class Registry:
    """The checks of the module that is being imported, and the folder with its secret files."""

    def __init__(self) -> None:
        self.checks: dict[str, Check] = {}
        self.prepare: Callable[[np.random.Generator], Prepared] | None = None
        self.secret_folder = Path("secret")


registry = Registry()


def check(case: str) -> Callable[[Check], Check]:
    """Register the check of a case."""

    def register(function: Check) -> Check:
        if case in registry.checks:
            raise ValueError(f"expected one check for each case, received a second for {case!r}")
        registry.checks[case] = function
        return function

    return register


def prepare(function: Callable[[np.random.Generator], Prepared]) -> Callable[[np.random.Generator], Prepared]:
    """Register the function that makes the data of a seed."""
    registry.prepare = function
    return function


def secret_file(name: str) -> Path:
    """The path of a file of data/secret."""
    return registry.secret_folder / name


def agree(got: Any, want: Any, rtol: float | None = None, atol: float | None = None, what: str = "output") -> None:
    """The two plain trees are the same: structure, type, shape, dtype, finite, values (see `grader.comparing`)."""
    compare(got, want, rtol=rtol, atol=atol, where=what)


def at_least(what: str, value: float, bound: float) -> None:
    """`value >= bound`; NaN is never enough. The message is shown for hidden cases too."""
    if not _number(value) >= bound:
        fail(f"{what}: expected at least {bound:g}, received {_number(value):.4g}.")


def at_most(what: str, value: float, bound: float) -> None:
    """`value <= bound`; NaN is always too much. The message is shown for hidden cases too."""
    if not _number(value) <= bound:
        fail(f"{what}: expected at most {bound:g}, received {_number(value):.4g}.")


def equal(what: str, got: object, want: object) -> None:
    """The two plain values are the same in type and value."""
    compare(got, want, rtol=0.0, atol=0.0, where=what)


def fail(message: str) -> None:
    """The answer is wrong, and this is why. The message is shown for hidden cases too: give nothing secret away."""
    raise Mismatch("check", "", message, public=message)


def _number(value: object) -> float:
    """A number that came out of the candidate's jail. Anything that is none counts as NaN, which no bound accepts."""
    if isinstance(value, np.ndarray | np.generic) and value.size == 1 and value.dtype.kind in "biuf":
        return float(np.asarray(value).reshape(()))
    return float(value) if isinstance(value, int | float) else math.nan
