"""Comparing goes type, shape, dtype, finite, values; what NumPy forgives by accident is not forgiven here."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from grader.comparing import compare
from grader.diagnosis import Mismatch

F32 = np.float32
ONES = np.ones((4, 4), F32)


def kind(got: Any, want: Any, **options: Any) -> str:
    with pytest.raises(Mismatch) as caught:
        compare(got, want, **options)
    return caught.value.kind


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        2.5,
        "text",
        b"bytes",
        [1, "a"],
        {"a": 1, 2: None},
        ONES,
        np.array([np.inf, 1.0]),
        np.zeros((0, 3)),
    ],
)
def test_a_value_agrees_with_itself(value: Any) -> None:
    compare(value, value)


@pytest.mark.parametrize(
    ("got", "want", "expected"),
    [
        (1.0, ONES, "type"),
        (1, True, "type"),
        (1, 1.0, "type"),
        (np.array(1, F32), ONES, "shape"),
        (np.zeros((0,), F32), np.zeros((3,), F32), "shape"),
        (np.ones((4, 1), F32), ONES, "shape"),
        (ONES.astype(np.float64), ONES, "dtype"),
        (np.full((2,), np.nan), np.full((2,), np.nan), "nan"),
        (np.array([np.inf, 1]), np.array([1.0, 1]), "nan"),
        (np.array([np.inf, 1]), np.array([-np.inf, 1]), "values"),
        (np.array([255], np.uint8), np.array([0], np.uint8), "values"),
        ({"a": 1}, {"a": 1, "b": 2}, "structure"),
        ([1, 2], [1], "structure"),
        ("b", "a", "values"),
        (float("nan"), float("nan"), "nan"),
    ],
)
def test_what_differs_is_told_by_kind(got: Any, want: Any, expected: str) -> None:
    assert kind(got, want) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda a: 2 * a, "factor"),
        (lambda a: -a, "sign"),
        (lambda a: a + 1, "offset"),
        (lambda a: a[::-1].copy(), "transpose"),
        (np.zeros_like, "zero"),
        (lambda a: np.where(np.arange(a.size).reshape(a.shape) == 3, a + 9, a).astype(F32), "one"),
    ],
)
def test_wrong_values_are_diagnosed(change: Any, expected: str) -> None:
    want = np.random.default_rng(0).normal(size=(3, 5)).astype(F32)
    assert kind(change(want), want) == expected


def test_tolerances_suit_the_dtype() -> None:
    compare(ONES + F32(5e-5), ONES)
    half = ONES.astype(np.float16)
    compare(half + np.float16(0.01), half)
    compare((ONES * 1.01).astype(ml_dtypes.bfloat16), ONES.astype(ml_dtypes.bfloat16))


@pytest.mark.parametrize("off", [2e-4, 1e-3, 1.0])
def test_beyond_the_tolerance_is_a_mismatch(off: float) -> None:
    kind(np.array([1.0 + off, 2.0, 5.0]), np.array([1.0, 2.0, 5.0]))


def test_a_cases_own_tolerance_wins() -> None:
    compare(np.array([1.1]), np.array([1.0]), rtol=0.2)
    kind(np.array([1.00001]), np.array([1.0]), rtol=0.0, atol=0.0)


def test_the_message_says_where_expected_and_received() -> None:
    with pytest.raises(Mismatch, match=r"a\.b\[1\]: expected the shape \(2,\), received \(3,\)"):
        compare({"a": {"b": [1, np.ones(3)]}}, {"a": {"b": [1, np.ones(2)]}}, where="")


def test_an_outer_product_by_accident_is_recognised() -> None:
    with pytest.raises(Mismatch, match="broadcast"):
        compare(np.ones((5, 1)) * np.ones(5), np.ones((5, 1)))


def test_the_public_sentence_has_no_numbers() -> None:
    with pytest.raises(Mismatch) as caught:
        compare(np.array([[1.25, 7.5]]), np.array([[2.5, 3.5]]))
    assert not any(letter.isdigit() for letter in caught.value.public)
