# style: kstest(method="asymp"), masked sums, AUC from all pairs, pieces of a Rescaling layer per feature, struct-packed file
import struct

import numpy as np
from keras import layers, models, ops
from scipy import stats


def float64(x):
    return np.array(x, dtype=np.float64)


def moments(x):
    """Lists of (mean, deviation) of each column; deviation None for a constant or an empty one."""
    result = []
    for column in float64(x).T:
        values = column[np.isfinite(column)]
        if values.size == 0:
            result.append((0.0, None))
        elif np.all(values == values[0]):
            result.append((values[0], None))
        else:
            mean = values.sum() / values.size
            result.append((mean, np.sqrt(np.mean(np.square(values - mean)))))
    return result


def significant(before, now, alpha, effect):
    before, now = (values[np.isfinite(values)] for values in (before, now))
    if not before.size or not now.size:
        return False
    result = stats.kstest(now, before, method="asymp")
    return bool(result.pvalue < alpha) and bool(result.statistic >= effect)


class ProductionMonitor:
    def __init__(self, reference_data, reference_predictions=None, window=100, alpha=0.05, min_effect=0.1):
        self.x = float64(reference_data)
        self.moments = moments(self.x)
        self.alpha, self.min_effect, self.window = alpha, min_effect, window
        self.fixed = reference_predictions is not None
        self.before = self._matrix(reference_predictions) if self.fixed else None
        self.now = None

    def _matrix(self, values):
        values = float64(values)
        return values.reshape(values.shape[0], -1)

    def _demand(self, x):
        if x.ndim != 2 or x.shape[1] != len(self.moments):
            raise ValueError(f"{x.shape}: expected {len(self.moments)} features")

    def check_data_drift(self, production_data):
        new = float64(production_data)
        self._demand(new)
        share = np.isfinite(self.x).mean(0) - np.isfinite(new).mean(0)
        count = len(share)
        tests = [significant(self.x[:, i], new[:, i], self.alpha / count, self.min_effect) for i in range(count)]
        return [i for i in range(count) if tests[i] or share[i] > 0.1]

    def check_prediction_drift(self, predictions):
        rows = self._matrix(predictions)
        if not self.fixed:
            self.before = rows if self.before is None else np.vstack([self.before, rows])
            if len(self.before) < self.window:
                return False
            self.fixed = True
            self.before, rows = np.split(self.before, [self.window])
        if self.now is not None:
            rows = np.vstack([self.now, rows])
        self.now = np.array(rows[max(0, len(rows) - self.window) :])
        k = self.now.shape[1]
        return len(self.now) == self.window and any(
            significant(self.before[:, i], self.now[:, i], self.alpha / k, self.min_effect) for i in range(k)
        )

    def validate_input(self, x):
        x = float64(x)
        x = x.reshape(1, -1) if x.ndim == 1 else x
        self._demand(x)
        verdict = np.ones(len(x), bool)
        for column, (mean, deviation) in zip(x.T, self.moments):
            limit = 1e-6 if deviation is None else 5 * deviation
            verdict &= (column >= mean - limit) & (column <= mean + limit)
        return verdict


class ProductionPreprocessor:
    values = ()

    def fit(self, x):
        self.values = [(float(mean), 1.0 if std is None else float(std)) for mean, std in moments(x)]
        return self

    def _known(self):
        if not self.values:
            raise ValueError("not fitted")
        return np.array(self.values).T

    def transform(self, x):
        mean, std = self._known()
        x = float64(x)
        if x.shape[1:] != mean.shape:
            raise ValueError(x.shape)
        x[~np.isfinite(x)] = np.nan
        z = (x - mean) / std
        z[np.isnan(z)] = 0
        return z.astype("f4")

    def save(self, path):
        flat = self._known().T.ravel()
        with open(path, "wb") as file:
            file.write(struct.pack(f"<{len(flat)}d", *flat))

    def load(self, path):
        with open(path, "rb") as file:
            self.values = list(struct.iter_unpack("<2d", file.read()))
        return self

    def to_model(self, model):
        raw = layers.Input(shape=(len(self.values),))
        columns = []
        for i, (mean, std) in enumerate(self.values):
            column = layers.Rescaling(1 / std, offset=-mean / std)(raw[:, i : i + 1])
            columns.append(ops.where(ops.isfinite(column), column, ops.zeros_like(column)))
        return models.Model(raw, model(layers.Concatenate()(columns)))


def find_leaky_features(x, y, threshold=0.95):
    x, y = float64(x), np.asarray(y)
    leaky = []
    for i in range(x.shape[1]):
        difference = x[y == 1, i][:, None] - x[y == 0, i][None, :]
        auc = np.mean((difference > 0) + 0.5 * (difference == 0))
        if auc >= threshold or 1 - auc >= threshold:
            leaky.append(i)
    return leaky


def serving_skew(train_fn, serve_fn, raw, atol=1e-5):
    a, b = (float64(f(np.copy(raw))) for f in (train_fn, serve_fn))
    if a.shape != b.shape:
        raise ValueError(f"{a.shape} is not {b.shape}")
    worst, rows, columns = 0.0, set(), set()
    for index in np.ndindex(*a.shape):
        one, other = float(a[index]), float(b[index])
        if one == other or (one != one and other != other):
            continue
        gap = abs(one - other) if one == one and other == other else float("inf")
        worst = max(worst, gap)
        if gap > atol:
            rows.add(index[0])
            columns.add(index[1])
    return {"features": sorted(columns), "rows": len(rows), "max_abs_diff": worst}
