"""The bounds that checks are written with: every kind of number, and nothing that is none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from grader.checking import at_least, at_most
from grader.diagnosis import Mismatch


@pytest.mark.parametrize("value", [3, 3.0, np.int64(3), np.float32(3), np.array(3), np.array([3.0]), True])
def test_a_bound_takes_every_kind_of_number(value: Any) -> None:
    at_least("value", value, 1)
    with pytest.raises(Mismatch):
        at_most("value", value, 0.5)


@pytest.mark.parametrize("value", [math.nan, np.float32("nan"), "3", None, [3], np.array([3, 4]), np.array("3"), {}])
def test_what_is_no_number_is_within_no_bound(value: Any) -> None:
    for bound in (at_least, at_most):
        with pytest.raises(Mismatch):
            bound("value", value, 1)
