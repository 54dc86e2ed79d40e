"""Watching a model in production: drift of inputs and predictions, validation, one preprocessing, leaks and skew.

Two decisions run through all of it. Statistics are computed in float64 whatever the data's dtype: NumPy adds up the
columns of a float32 array in float32, and for 20 000 values near a million the mean is then off by dozens. And a
comparison with NaN is False, so what is missing is looked for, never left to fall through a comparison.

Drift is decided by the two-sample Kolmogorov-Smirnov test, whose statistic is the largest distance between two
empirical distribution functions: it sees changes of place, spread and shape. A p-value alone is not enough, twice
over: with many tests some are small by chance (hence Bonferroni, alpha / number of tests), and with many rows every
difference is significant (hence a smallest statistic that is worth an alarm).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import keras
import numpy as np
import numpy.typing as npt
from scipy.stats import ks_2samp, rankdata

Floats = npt.NDArray[np.float64]
MOST_MORE_MISSING = 0.1
DEVIATIONS = 5.0
CONSTANT_TOLERANCE = 1e-6


def _table(x: Any, features: int | None = None) -> Floats:
    """A float64 copy or view of rows (n, F). Raises ValueError for another shape."""
    rows = np.asarray(x, np.float64)
    if rows.ndim != 2 or (features is not None and rows.shape[1] != features):
        expected = "any number of" if features is None else features
        raise ValueError(f"expected rows with {expected} features. Received: shape={rows.shape}")
    return rows


def _mean_and_deviation(rows: Floats) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Mean and population standard deviation of each column's finite values, and which columns are constant.

    A constant column is recognised by its values, not by a deviation of 0: the mean of many 3.3 need not be 3.3, and
    the deviation is then tiny but not 0. Its mean is its value. A column without finite values has mean 0 and
    deviation 0 and counts as constant.
    """
    finite = np.isfinite(rows)
    count = np.maximum(finite.sum(axis=0), 1)
    low = np.min(rows, axis=0, where=finite, initial=np.inf)
    high = np.max(rows, axis=0, where=finite, initial=-np.inf)
    constant = low >= high
    mean = np.sum(rows, axis=0, where=finite) / count
    mean = np.where(constant, np.where(finite.any(axis=0), low, 0.0), mean)
    centred = np.where(finite, rows - mean, 0.0) if rows.size else rows
    deviation = np.sqrt(np.sum(centred**2, axis=0) / count)
    return mean, np.where(constant, 0.0, deviation), constant


class ProductionMonitor:
    """Compares what production sees and says with what the model was trained on.

    Args:
        reference_data: rows (n, F) from training.
        reference_predictions: (m,), (m, 1) or (m, K); without them the first `window` predictions are the baseline.
        window: how many of the latest predictions are judged.
        alpha: chance of a false alarm in one check, over all of its tests.
        min_effect: smallest Kolmogorov-Smirnov statistic that is worth an alarm.

    Raises:
        ValueError: rows with another number of features than the reference's.
    """

    def __init__(
        self,
        reference_data: Any,
        reference_predictions: Any = None,
        window: int = 100,
        alpha: float = 0.05,
        min_effect: float = 0.1,
    ) -> None:
        self._reference = _table(reference_data).copy()
        self._mean, self._deviation, self._constant = _mean_and_deviation(self._reference)
        self.window, self.alpha, self.min_effect = window, alpha, min_effect
        self._baseline = None if reference_predictions is None else _columns(reference_predictions).copy()
        self._waiting: Floats | None = None  # predictions of a baseline that is not full yet
        self._recent: Floats | None = None

    def _drifted(self, before: Floats, now: Floats, tests: int) -> bool:
        """Whether the finite values of two samples come from distributions that differ, and by enough."""
        before, now = before[np.isfinite(before)], now[np.isfinite(now)]
        if not len(before) or not len(now):
            return False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # scipy says so when it takes the asymptotic formula
            test = ks_2samp(before, now)
        return bool(test.pvalue < self.alpha / tests and test.statistic >= self.min_effect)

    def check_data_drift(self, production_data: Any) -> list[int]:
        """Return the indices of the features that have drifted: more values are missing, or they are distributed
        differently.
        """
        features = self._reference.shape[1]
        rows = _table(production_data, features)
        if not len(rows):
            return []
        missing_now, missing_before = (1 - np.isfinite(table).mean(axis=0) for table in (rows, self._reference))
        return [
            feature
            for feature in range(features)
            if missing_now[feature] - missing_before[feature] > MOST_MORE_MISSING
            or self._drifted(self._reference[:, feature], rows[:, feature], features)
        ]

    def check_prediction_drift(self, predictions: Any) -> bool:
        """Take in what the model has just predicted; return whether the latest `window` differ from the baseline.

        The baseline never moves: one that follows the predictions cannot see a drift that is slow. Kept are the
        baseline and one window, however long this goes on.
        """
        rows = _columns(predictions)
        if self._baseline is None:
            seen = rows if self._waiting is None else np.concatenate([self._waiting, rows])
            self._waiting, rows = seen[: self.window].copy(), seen[self.window :]
            if len(self._waiting) < self.window:
                return False
            self._baseline, self._waiting = self._waiting, None
        if rows.shape[1] != self._baseline.shape[1]:
            raise ValueError(f"expected {self._baseline.shape[1]} columns. Received: shape={rows.shape}")
        recent = rows if self._recent is None else np.concatenate([self._recent, rows])
        self._recent = recent[-self.window :].copy()  # a view would keep all of it alive
        if len(self._recent) < self.window:
            return False
        columns = rows.shape[1]
        return any(
            self._drifted(before, now, columns) for before, now in zip(self._baseline.T, self._recent.T, strict=True)
        )

    def validate_input(self, x: Any) -> npt.NDArray[np.bool_]:
        """Return (n,) bools: which rows have only finite values that are as far from the mean as training's were.

        A one-dimensional `x` is one row. The comparison is written so that NaN fails it.
        """
        rows = _table(np.atleast_2d(np.asarray(x, np.float64)), self._reference.shape[1])
        allowed = np.where(self._constant, CONSTANT_TOLERANCE, DEVIATIONS * self._deviation)
        with np.errstate(invalid="ignore"):
            within = np.abs(rows - self._mean) <= allowed
        return np.all(np.isfinite(rows) & within, axis=1)


def _columns(predictions: Any) -> Floats:
    """Predictions (n,), (n, 1) or (n, K) as float64 (n, K)."""
    values = np.asarray(predictions, np.float64)
    if values.ndim == 1:
        values = values[:, np.newaxis]
    return _table(values)


class ProductionPreprocessor:
    """Standardises rows; missing values (anything that isn't finite) become 0, which is the mean.

    `fit` once, on training data. In production either `transform` with what `load` restored, or serve the model that
    `to_model` makes, which takes raw rows and leaves nothing that could be done differently.
    """

    def __init__(self) -> None:
        self._mean: Floats | None = None
        self._scale: Floats | None = None

    def _fitted(self) -> tuple[Floats, Floats]:
        if self._mean is None or self._scale is None:
            raise ValueError("expected a fitted preprocessor. Received: one without statistics; call fit or load first")
        return self._mean, self._scale

    def fit(self, x: Any) -> Self:
        """Take the mean and the population standard deviation of each feature's finite values."""
        mean, deviation, constant = _mean_and_deviation(_table(x))
        self._mean, self._scale = mean, np.where(constant, 1.0, deviation)
        return self

    def transform(self, x: Any) -> npt.NDArray[np.float32]:
        """Return (n, F) float32, all of it finite."""
        mean, scale = self._fitted()
        rows = _table(x, len(mean))
        with np.errstate(invalid="ignore"):
            scaled = (rows - mean) / scale
        return np.where(np.isfinite(rows), scaled, 0.0).astype(np.float32)

    def save(self, path: str | Path) -> None:
        """Write one file at exactly `path`. (`np.savez` appends an extension to names, but not to open files.)"""
        mean, scale = self._fitted()
        with Path(path).open("wb") as file:
            np.savez(file, mean=mean, scale=scale)

    def load(self, path: str | Path) -> Self:
        """Restore what `save` wrote."""
        with np.load(Path(path)) as file:
            self._mean, self._scale = file["mean"], file["scale"]
        return self

    def to_model(self, model: keras.Model) -> keras.Model:
        """Return a model of raw float32 rows (None, F) that gives `model(transform(rows))`.

        Only operations of Keras are in it, so it loads from a .keras file where this class doesn't exist. The mean is
        taken off in two parts that add up to its float64 value: near 1e6, a float32 mean alone is 0.03 off.
        """
        mean, scale = self._fitted()
        coarse = mean.astype(np.float32)
        fine = (mean - coarse).astype(np.float32)
        raw = keras.Input((len(mean),), dtype="float32", name="raw")
        scaled = (raw - coarse - fine) / scale.astype(np.float32)
        known = keras.ops.where(keras.ops.isfinite(raw), scaled, keras.ops.zeros_like(raw))
        return keras.Model(raw, model(known))


def find_leaky_features(x: Any, y: Any, threshold: float = 0.95) -> list[int]:
    """Return the features that separate the classes alone: AUC or 1 - AUC at least `threshold`.

    The AUC is the share of pairs (one row of each class) that a feature puts in the right order, ties counting half;
    by ranks (Mann-Whitney): AUC = (sum of the ranks of class 1 - n1 (n1 + 1) / 2) / (n0 n1). It depends on order only,
    so every monotone disguise of the label is found, which a correlation misses. Rows without a value are left out.
    """
    rows, labels = _table(x), np.asarray(y).ravel() == 1
    if len(labels) != len(rows):
        raise ValueError(f"expected one label for each of {len(rows)} rows. Received: {len(labels)}")
    leaky = []
    for feature, values in enumerate(rows.T):
        known = np.isfinite(values)
        ones, zeros = int(np.sum(labels & known)), int(np.sum(~labels & known))
        if not ones or not zeros:
            continue
        ranks = rankdata(values[known])
        auc = (ranks[labels[known]].sum() - ones * (ones + 1) / 2) / (ones * zeros)
        if max(auc, 1 - auc) >= threshold:
            leaky.append(feature)
    return leaky


def serving_skew(
    train_fn: Callable[[Any], Any], serve_fn: Callable[[Any], Any], raw: Any, atol: float = 1e-5
) -> dict[str, Any]:
    """Compare two preprocessings of the same rows, each of which gets a copy of its own.

    Returns:
        `features`: columns with a difference above `atol`, `rows`: how many rows have one, `max_abs_diff`. NaN against
        NaN is no difference, NaN against a number one of infinity.

    Raises:
        ValueError: the results have different shapes.
    """
    trained, served = (np.asarray(function(np.array(raw)), np.float64) for function in (train_fn, serve_fn))
    if trained.shape != served.shape:
        raise ValueError(f"expected results of one shape. Received: {trained.shape} and {served.shape}")
    same = (trained == served) | (np.isnan(trained) & np.isnan(served))
    with np.errstate(invalid="ignore"):
        apart = np.abs(trained - served)
    difference = np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))
    table = difference.reshape(len(difference), -1)
    skewed = table > atol
    return {
        "features": [int(feature) for feature in np.flatnonzero(skewed.any(axis=0))],
        "rows": int(skewed.any(axis=1).sum()),
        "max_abs_diff": float(table.max(initial=0.0)),
    }
