"""How far an array is off, drawn as a small grid for the page."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.comparing import compare
from grader.diagnosis import GRID, Mismatch, heat


def grid_of(got: Any, want: Any) -> dict[str, Any] | None:
    with pytest.raises(Mismatch) as caught:
        compare(got, want)
    assert caught.value.difference
    return caught.value.difference["grid"]


def test_a_small_matrix_is_drawn_element_by_element() -> None:
    want = np.zeros((2, 3), np.float32)
    got = want.copy()
    got[1, 2] = -0.5
    assert grid_of(got, want) == {
        "shape": [2, 3], "rows": [0, 1], "columns": [0, 1, 2], "values": [[0, 0, 0], [0, 0, 0.5]],
    }  # fmt: skip


def test_what_is_within_the_tolerance_is_not_off() -> None:
    want = np.ones(3, np.float32)
    grid = grid_of(want + np.array([1e-6, 1.0, 0], np.float32), want)
    assert grid
    assert grid["values"] == [[0, 1, 0]]


def test_a_long_axis_is_cut_into_blocks_that_show_their_largest_value() -> None:
    want = np.zeros((100, 37), np.float64)
    got = want.copy()
    got[99, 0], got[99, 1], got[0, 36] = 3, 2, 1
    grid = grid_of(got, want)
    assert grid
    values = np.array(grid["values"])
    assert values.shape == (GRID, GRID)
    assert (values[-1, 0], values[0, -1], values.sum()) == (3, 1, 4)
    assert (grid["rows"][:3], grid["columns"][-1], grid["shape"]) == ([0, 6, 12], 34, [100, 37])


def test_axes_of_one_are_left_out_and_the_last_one_runs_across() -> None:
    gap = np.arange(12.0).reshape(2, 1, 3, 2, 1)
    grid = heat(gap)
    assert grid
    assert (grid["shape"], grid["values"][-1]) == ([6, 2], [10, 11])


@pytest.mark.parametrize("gap", [np.array(2.0), np.ones((1, 1)), np.zeros((0, 3))])
def test_a_single_value_needs_no_map(gap: np.ndarray[Any, Any]) -> None:
    assert heat(gap) is None


def test_an_infinite_gap_is_no_number() -> None:
    assert grid_of(np.array([np.inf, 1]), np.array([-np.inf, 1])) == {
        "shape": [1, 2], "rows": [0], "columns": [0, 1], "values": [[None, 0]],
    }  # fmt: skip


def test_integers_and_complex_numbers_are_drawn_too() -> None:
    bytes_grid = grid_of(np.array([255, 0], np.uint8), np.array([0, 0], np.uint8))
    complex_grid = grid_of(np.array([3 + 4j, 0]), np.array([0j, 0]))
    assert bytes_grid
    assert complex_grid
    assert (bytes_grid["values"], complex_grid["values"]) == ([[255, 0]], [[5, 0]])
