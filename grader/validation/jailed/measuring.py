"""Stands after the checks of a challenge: `agree` measures instead of judging, and each case ends with what it found.

Given with it: `CASES`, the tolerances that the manifest has for each case, [rtol, atol].
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from grader import checking, comparing
from grader.diagnosis import Mismatch

GIVEN: dict[str, list[float | None]] = globals()["CASES"]
# Half a unit in the last place of float32: no computation in it is known better than that.
FLOOR = 2.0**-24
_FLOATS = "fc"


class Measure:
    """What the comparisons of one case gave so far."""

    def __init__(self) -> None:
        self.share, self.where, self.rtol, self.atol = 0.0, "", 0.0, 0.0
        self.relative = 0.0
        self.leaves, self.wide, self.moved = 0, False, False
        self.trouble = ""

    def agree(self, got: Any, want: Any, rtol: float | None = None, atol: float | None = None, what: str = "") -> None:
        """In the place of `grader.checking.agree`."""
        if isinstance(want, dict) and isinstance(got, dict) and got.keys() == want.keys():
            for key, item in want.items():
                self.agree(got[key], item, rtol, atol, f"{what}.{key}" if what else str(key))
        elif isinstance(want, list) and isinstance(got, list) and len(got) == len(want):
            for index, item in enumerate(want):
                self.agree(got[index], item, rtol, atol, f"{what}[{index}]")
        elif _is_float(want) and _is_float(got) and np.shape(got) == np.shape(want):
            self._values(np.asarray(got), np.asarray(want), rtol, atol, what)
        elif not _same(got, want):
            self.trouble = self.trouble or f"{what or 'the answer'} is another one: more than its numbers changed"

    def _values(self, got: Any, want: Any, rtol: float | None, atol: float | None, what: str) -> None:
        half = want.dtype.name in ("float16", "bfloat16")
        rtol = (comparing.HALF if half else comparing.RTOL) if rtol is None else rtol
        atol = (comparing.HALF if half else comparing.ATOL) if atol is None else atol
        kind = np.complex128 if want.dtype.kind == "c" else np.float64
        one, other = got.astype(kind).ravel(), want.astype(kind).ravel()
        finite = np.isfinite(other)
        if not np.array_equal(np.isfinite(one), finite):
            self.trouble = self.trouble or f"{what or 'the answer'} is not finite in the same places"
            return
        one, other = one[finite], other[finite]
        self.leaves += 1
        self.wide |= got.dtype.itemsize > want.dtype.itemsize
        if not other.size:
            return
        gap, size = np.abs(one - other), np.abs(other)
        self.moved |= bool(gap.any())
        allowed = atol + rtol * size
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.where(allowed > 0, np.maximum(gap, FLOOR * size) / allowed, np.where(gap > 0, math.inf, 0.0))
        self.relative = max(self.relative, float(gap.max() / (size.max() or 1.0)))
        if float(shares.max()) >= self.share:
            self.share, self.where, self.rtol, self.atol = float(shares.max()), what, rtol, atol

    def told(self) -> str:
        """All of it, as JSON; an infinite share as -1."""
        return json.dumps({**vars(self), "share": self.share if math.isfinite(self.share) else -1.0})


def _is_float(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in _FLOATS or value.dtype.name == "bfloat16"
    return isinstance(value, float)


def _same(got: Any, want: Any) -> bool:
    if isinstance(want, np.ndarray) or isinstance(got, np.ndarray):
        return bool(np.array_equal(got, want))
    # A case may look at the name of a dtype, which is another one by intention here.
    return bool(got == want or (isinstance(want, str) and "float" in want and isinstance(got, str) and "float" in got))


def _measured(decide: Callable[[Any, Any, Any], Any], names: dict[str, Any]) -> Callable[[Any, Any, Any], None]:
    """The check of a case, with an `agree` that measures, and an end that tells."""

    def measure(got: Any, want: Any, secret: Any) -> None:
        found = Measure()
        replaced = {name: value for name, value in names.items() if value is _AGREE}
        names.update(dict.fromkeys(replaced, found.agree))
        checking.agree = found.agree
        try:
            decide(got, want, secret)
        except Mismatch:
            # A bound of the check that is not met: what was compared before it counts.
            found.trouble = found.trouble or "the case's own check refuses the answer"
        except Exception as error:  # noqa: BLE001 - an author's check, in a jail
            found.trouble = found.trouble or f"the case's own check stumbles: {type(error).__name__}"
        finally:
            names.update(replaced)
            checking.agree = _AGREE
        checking.fail(found.told())

    return measure


def _default(case: str) -> Callable[[Any, Any, Any], None]:
    rtol, atol = GIVEN[case]
    return lambda got, want, secret: checking.agree(got, want, rtol, atol)


_AGREE = checking.agree
for _case in GIVEN:
    _decide = checking.registry.checks.get(_case) or _default(_case)
    checking.registry.checks[_case] = _measured(_decide, vars(sys.modules["checks"]))
