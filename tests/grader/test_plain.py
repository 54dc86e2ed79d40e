"""Plain data survive the journey; nothing else gets on board, and malformed bytes are refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import ml_dtypes
import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader import plain
from grader.plain import Malformed, NotPlain

LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary()
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.integers(0, 99), inner, max_size=4),
)


@given(TREES)
def test_plain_trees_come_back_the_same(tree: Any) -> None:
    assert plain.load(plain.dump(tree)) == (tree if tree is not None else None)


@given(
    arrays.arrays(
        st.sampled_from([np.float32, np.float64, np.int32, np.uint8, np.bool_, np.complex64]),
        arrays.array_shapes(min_dims=0),
    )
)
def test_arrays_come_back_with_dtype_shape_and_bytes(array: Any) -> None:
    back = plain.load(plain.dump([array]))[0]
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, array.shape, array.tobytes())


def test_bfloat16_keeps_its_dtype() -> None:
    assert plain.load(plain.dump(np.ones(3, ml_dtypes.bfloat16))).dtype == ml_dtypes.bfloat16


def test_tuples_become_lists_and_scalars_become_arrays() -> None:
    assert plain.load(plain.dump((1, (2,)))) == [1, [2]]
    assert plain.load(plain.dump(np.float32(2))).shape == ()


class Lying(np.ndarray):
    """An array that agrees with everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def test_no_subclass_survives() -> None:
    assert type(plain.load(plain.dump(np.ones(2).view(Lying)))) is np.ndarray


@pytest.mark.parametrize(
    "value",
    [object(), {1.5: 2}, {"a": lambda: 0}, np.array([object()]), np.array(["2020-01-01"], "datetime64[D]"), {None: 1}],
)
def test_anything_else_is_refused_with_its_place(value: Any) -> None:
    with pytest.raises(NotPlain, match=r"observations.*expected.*received"):
        plain.dump(value)


def test_cycles_and_depth_end_in_a_refusal() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(NotPlain, match="levels"):
        plain.dump(endless)


def array_bytes(*content: Any) -> bytes:
    return msgspec.msgpack.encode(msgspec.msgpack.Ext(1, msgspec.msgpack.encode(content)))


@pytest.mark.parametrize(
    "body",
    [
        b"\xc1",
        b"\x91" * 100_000,
        array_bytes("object", [1], b"12345678"),
        array_bytes("float32", [2], b"1234"),
        array_bytes("float32", [-1], b""),
        array_bytes("float32", [1 << 40, 1 << 40], b""),
        array_bytes("float32", "2", b"12345678"),
        msgspec.msgpack.encode(msgspec.msgpack.Ext(5, b"")),
        msgspec.msgpack.encode({1.5: 1}),
        msgspec.msgpack.encode([1]) + b"trailing",
        msgspec.msgpack.encode({"when": datetime(2026, 1, 1, tzinfo=UTC)}),
        b"\xdd" + (400_001).to_bytes(4, "big") + b"\x90" * 400_001,
        b"\xdc\xff\xff" + b"\xdc\x00\x0f" * 65_535,
    ],
)
def test_malformed_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        plain.load(body)


@given(st.binary(max_size=200))
def test_random_bytes_never_do_anything_else_than_load_or_be_refused(body: bytes) -> None:
    with suppress(Malformed):
        assert type(plain.load(body)) in {dict, list, str, bytes, int, float, bool, type(None), np.ndarray}
