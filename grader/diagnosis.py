"""Saying how an answer is wrong, not only that it is.

Every function returns a `Mismatch` whose `public` sentence names a kind and nothing else (it may be shown for hidden
cases) and whose `message` and `difference` have the numbers, for samples.
"""

from __future__ import annotations

from typing import Any

import numpy as np

TEXT = 600
GRID = 16
_LINES = {
    "shape": "The shape differs from the expected one.",
    "dtype": "The dtype differs from the expected one.",
    "type": "The type of the answer differs from the expected one.",
    "structure": "The answer is built differently: entries are missing or too many.",
    "nan": "There are NaN or infinite values where finite ones are expected, or the other way round.",
    "sign": "The values have the wrong sign.",
    "factor": "The values are off by a constant factor: a mean where a sum belongs, or the reverse?",
    "offset": "The values are off by a constant.",
    "transpose": "The values are there, but transposed or in another order.",
    "one": "A single element is off.",
    "zero": "The values are all zero where others are expected.",
    "values": "The values differ from the expected ones.",
    "check": "The answer does not meet the case's condition.",
}


class Mismatch(AssertionError):
    """An answer that is not right: its kind, where, a message with numbers, and the difference for the page."""

    def __init__(
        self,
        kind: str,
        where: str,
        message: str,
        *,
        public: str | None = None,
        difference: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.where = where
        self.message = message
        self.public = public or _LINES.get(kind, _LINES["values"])
        self.difference = difference

    @classmethod
    def of(
        cls,
        kind: str,
        where: str,
        got: object,
        want: object,
        detail: str = "",
        largest: dict[str, Any] | None = None,
        grid: dict[str, Any] | None = None,
    ) -> Mismatch:
        """A mismatch of two values, drawn for the page with both sides."""
        message = f"{where}: {detail or _LINES[kind]}"
        sides = {"got": side(got), "want": side(want)}
        difference = {"kind": kind, "where": where, **sides, "largest": largest, "grid": grid}
        return cls(kind, where, message, difference=difference)


def side(value: object) -> dict[str, Any]:
    """One side of a difference: type or shape and dtype, and a text that is cut where it is long."""
    if not isinstance(value, np.ndarray):
        return {"shape": None, "dtype": type(value).__name__, "text": repr(value)[:TEXT]}
    text = np.array2string(value, precision=5, threshold=60, edgeitems=3, max_line_width=88)
    return {"shape": list(value.shape), "dtype": value.dtype.name, "text": text[:TEXT]}


def type_differs(got: object, want: object, where: str) -> Mismatch:
    return Mismatch.of("type", where, got, want, f"expected {_named(want)}, received {_named(got)}.")


def value_differs(got: object, want: object, where: str) -> Mismatch:
    return Mismatch.of("values", where, got, want, f"expected {_short(want)}, received {_short(got)}.")


def keys_differ(missing: list[Any], extra: list[Any], where: str) -> Mismatch:
    parts = ([f"missing: {_short(missing)}"] if missing else []) + ([f"too many: {_short(extra)}"] if extra else [])
    return Mismatch("structure", where, f"{where}: {'; '.join(parts)}.")


def length_differs(got: list[Any], want: list[Any], where: str) -> Mismatch:
    return Mismatch.of("structure", where, got, want, f"expected {len(want)} entries, received {len(got)}.")


def dtype_differs(got: np.ndarray[Any, Any], want: np.ndarray[Any, Any], where: str) -> Mismatch:
    return Mismatch.of("dtype", where, got, want, f"expected the dtype {want.dtype.name}, received {got.dtype.name}.")


def shape_differs(got: np.ndarray[Any, Any], want: np.ndarray[Any, Any], where: str) -> Mismatch:
    """Shapes side by side, and what may have led from one to the other."""
    detail = f"expected the shape {want.shape}, received {got.shape}."
    if got.size == want.size and got.T.shape == want.shape and got.ndim > 1:
        detail += " Is it transposed?"
    elif got.size == want.size:
        detail += " The number of elements is right: is a reshape missing?"
    elif got.ndim == 0 or (got.size == 1 < want.size):
        detail += " It was reduced to a single value."
    elif got.ndim == want.ndim and all(g == w or w == 1 for g, w in zip(got.shape, want.shape, strict=True)):
        detail += " Something was broadcast."
    elif got.ndim == want.ndim + 1 and got.shape[:-1] == got.shape[-1:] * (got.ndim - 1):
        detail += " Two vectors were broadcast against one another."
    return Mismatch.of("shape", where, got, want, detail)


def not_finite(got: np.ndarray[Any, Any], want: np.ndarray[Any, Any]) -> str:
    """How many values are not finite on either side."""
    wanted, received = int((~np.isfinite(want)).sum()), int((~np.isfinite(got)).sum())
    return f"expected {wanted} values that are not finite, received {received} of {got.size}."


def array_differs(
    got: np.ndarray[Any, Any], want: np.ndarray[Any, Any], same: np.ndarray[Any, Any], where: str
) -> Mismatch:
    """Two arrays of one shape and dtype that do not agree; `same` says where they do."""
    kind, detail = _kind(got, want, same)
    wide = np.complex128 if want.dtype.kind == "c" else np.float64
    gap = np.where(same, 0.0, np.abs(got.astype(wide) - want.astype(wide)))
    index = np.unravel_index(int(np.argmax(gap)), gap.shape) if gap.ndim else ()
    largest = {"index": [int(i) for i in index], "got": repr(got[index].item()), "want": repr(want[index].item())}
    place = f" at {tuple(largest['index'])}" if index else ""
    wrong = int(np.size(same) - np.sum(same))
    detail += f" {wrong} of {want.size} differ, most{place}: expected {largest['want']}, received {largest['got']}."
    return Mismatch.of(kind, where, got, want, detail.strip(), largest, heat(gap))


def heat(gap: np.ndarray[Any, Any]) -> dict[str, Any] | None:
    """How far the values are off, as at most GRID x GRID numbers to colour a map with; None for a single value.

    `gap` has |got - wanted|, and 0 where both agree. Axes of length 1 are left out; of what is left the last axis runs
    across and all others run down, one after the other. A long axis is cut into GRID blocks of about equal length, and
    a block shows its largest value: an average would hide a single wrong element. `rows` and `columns` say where each
    block starts, `shape` how long both axes are. What is not finite comes as None.
    """
    flat = gap.squeeze()
    if flat.size < 2:
        return None
    flat = flat.reshape(-1, flat.shape[-1])
    rows, columns = _starts(flat.shape[0]), _starts(flat.shape[1])
    blocks = np.maximum.reduceat(np.maximum.reduceat(flat, rows, axis=0), columns, axis=1)
    values = [[float(f"{value:.4g}") if np.isfinite(value) else None for value in row] for row in blocks]
    return {"shape": list(flat.shape), "rows": rows, "columns": columns, "values": values}


def _starts(length: int) -> list[int]:
    """Where the blocks of an axis start."""
    count = min(length, GRID)
    return [block * length // count for block in range(count)]


def _kind(got: np.ndarray[Any, Any], want: np.ndarray[Any, Any], same: np.ndarray[Any, Any]) -> tuple[str, str]:
    """The simplest story that leads from the wanted values to the received ones."""
    if want.dtype.kind != "f" and want.dtype.name != "bfloat16":
        return "values", ""
    one, other = got.astype(np.float64).ravel(), want.astype(np.float64).ravel()
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return "values", ""
    if not one.any():
        return "zero", "all values are zero."
    return _linear(one, other) or _several(one, other, same) or ("values", "")


def _linear(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> tuple[str, str] | None:
    """A sign, or a constant factor."""
    if _near(one, -other):
        return "sign", "the sign is wrong."
    factor = float(one @ other) / float(other @ other) if other.any() else 0.0
    if abs(factor) > 1e-6 and _near(one, factor * other):
        return "factor", f"{factor:.5g} times what is expected."
    return None


def _several(
    one: np.ndarray[Any, Any], other: np.ndarray[Any, Any], same: np.ndarray[Any, Any]
) -> tuple[str, str] | None:
    """What can be said of more than one value only: a single one off, a constant added, another order."""
    if one.size == 1:
        return None
    if np.sum(~same) == 1:
        return "one", ""
    if _near(one - other, np.full_like(one, np.mean(one - other))):
        return "offset", f"off by the constant {np.mean(one - other):.5g}."
    if _near(np.sort(one), np.sort(other)):
        return "transpose", "the right values, but in another order."
    return None


def _near(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    return bool(np.all(np.abs(one - other) <= 1e-5 + 1e-3 * np.abs(other)))


def _named(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype.name}"
    if value is None:
        return "None"
    return (
        f"{type(value).__name__} {_short(value)}"
        if isinstance(value, bool | int | float | str)
        else f"a {type(value).__name__}"
    )


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 160 else text[:157] + "..."
