"""Whether what was seen is what was wanted: type, shape, dtype, finite, values, in that order.

Nothing here is forgiving by accident. `numpy.allclose` takes a scalar for a (4, 4) array, an empty array for a (3,)
and whatever a subclass says; here the shapes and dtypes must be the same, NaN agrees with nothing and infinities
agree with their own sign only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader import diagnosis
from grader.diagnosis import Mismatch

RTOL, ATOL = 1e-4, 1e-5
HALF = 2e-2
_HALF_DTYPES = ("float16", "bfloat16")


def compare(
    got: Any, want: Any, *, rtol: float | None = None, atol: float | None = None, where: str = "output"
) -> None:
    """Raise Mismatch at the first place where two plain trees differ.

    `rtol` and `atol` default to 1e-4 and 1e-5, and to 2e-2 each for float16 and bfloat16; integers, booleans and text
    must be equal.
    """
    if isinstance(want, np.ndarray):
        _arrays(got, want, rtol, atol, where)
    elif isinstance(want, dict):
        _dicts(got, want, rtol, atol, where)
    elif isinstance(want, list):
        _lists(got, want, rtol, atol, where)
    elif type(got) is not type(want):
        raise diagnosis.type_differs(got, want, where)
    elif isinstance(want, float):
        pair = np.asarray(got), np.asarray(want)
        _values(*pair, RTOL if rtol is None else rtol, ATOL if atol is None else atol, where)
    elif got != want:
        raise diagnosis.value_differs(got, want, where)


def _dicts(got: Any, want: dict[Any, Any], rtol: float | None, atol: float | None, where: str) -> None:
    if not isinstance(got, dict):
        raise diagnosis.type_differs(got, want, where)
    missing, extra = [key for key in want if key not in got], [key for key in got if key not in want]
    if missing or extra:
        raise diagnosis.keys_differ(missing, extra, where)
    for key, item in want.items():
        compare(got[key], item, rtol=rtol, atol=atol, where=f"{where}.{key}" if where else str(key))


def _lists(got: Any, want: list[Any], rtol: float | None, atol: float | None, where: str) -> None:
    if not isinstance(got, list):
        raise diagnosis.type_differs(got, want, where)
    if len(got) != len(want):
        raise diagnosis.length_differs(got, want, where)
    for index, (one, other) in enumerate(zip(got, want, strict=True)):
        compare(one, other, rtol=rtol, atol=atol, where=f"{where}[{index}]")


def _arrays(got: Any, want: np.ndarray[Any, Any], rtol: float | None, atol: float | None, where: str) -> None:
    if not isinstance(got, np.ndarray):
        raise diagnosis.type_differs(got, want, where)
    if got.shape != want.shape:
        raise diagnosis.shape_differs(got, want, where)
    if got.dtype != want.dtype:
        raise diagnosis.dtype_differs(got, want, where)
    if want.dtype.kind in "biu":
        if not np.array_equal(got, want):
            raise diagnosis.array_differs(got, want, got == want, where)
        return
    half = want.dtype.name in _HALF_DTYPES
    _values(
        got,
        want,
        (HALF if half else RTOL) if rtol is None else rtol,
        (HALF if half else ATOL) if atol is None else atol,
        where,
    )


def _values(got: np.ndarray[Any, Any], want: np.ndarray[Any, Any], rtol: float, atol: float, where: str) -> None:
    wide = np.complex128 if want.dtype.kind == "c" else np.float64
    one, other = np.asarray(got).astype(wide), np.asarray(want).astype(wide)
    finite = np.isfinite(other)
    if not np.all(np.isfinite(one) == finite) or np.isnan(one).any():
        raise Mismatch.of("nan", where, got, want, diagnosis.not_finite(one, other))
    same = np.where(
        finite,
        np.abs(np.where(finite, one - np.where(finite, other, 0), 0))
        <= atol + rtol * np.abs(np.where(finite, other, 0)),
        one == other,
    )
    if not np.all(same):
        raise diagnosis.array_differs(got, want, same, where)
