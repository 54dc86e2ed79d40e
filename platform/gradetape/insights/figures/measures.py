"""The arithmetic of item analysis, on plain numbers."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

# Fewer people than that say nothing about how a case separates them.
FEWEST = 20


@dataclass(frozen=True)
class Sums:
    """What a point-biserial correlation needs of `count` answers.

    `passed` of them passed; `rest`, `squares`: the sums of their scores without the case and of the squares of these;
    `rest_of_passed`: the sum of the scores of those who passed.
    """

    count: int
    passed: int
    rest: float
    squares: float
    rest_of_passed: float


@dataclass(frozen=True)
class Spread:
    """The quartiles of a list of numbers, and how many there are."""

    low: float
    middle: float
    high: float
    count: int


def discrimination(sums: Sums) -> float | None:
    """How passing a case goes with the score of the remaining cases, -1 to 1.

    The point-biserial correlation r = (M1 - M0) / s * sqrt(p q): M1 and M0 are the mean scores of those who pass and
    fail, s the standard deviation of all, p and q the shares of both. The case's own points are left out of the score,
    or it would agree with itself: S. Henrysson, "Correction of item-total correlations in item analysis",
    Psychometrika 28 (1963), 211-218. None below FEWEST answers, or where all pass, all fail, or all score the same.
    """
    failed = sums.count - sums.passed
    if sums.count < FEWEST or not sums.passed or not failed:
        return None
    mean = sums.rest / sums.count
    variance = sums.squares / sums.count - mean * mean
    # What is left over when nearly equal numbers are taken from one another is no variance.
    if variance <= 1e-9 * max(1.0, mean * mean):
        return None
    gap = sums.rest_of_passed / sums.passed - (sums.rest - sums.rest_of_passed) / failed
    found = gap / math.sqrt(variance) * math.sqrt(sums.passed * failed) / sums.count
    return max(-1.0, min(1.0, found))


def may_be_chance(found: float, count: int) -> bool:
    """Whether a correlation over so many answers is within two standard errors of none (1 / sqrt(count) each)."""
    return abs(found) < 2 / math.sqrt(count)


def spread(values: Sequence[float]) -> Spread | None:
    """The quartiles, with numbers between two values where they fall there; None of nothing."""
    if not values:
        return None
    if len(values) == 1:
        return Spread(values[0], values[0], values[0], 1)
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(low, middle, high, len(values))
