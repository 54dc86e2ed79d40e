# style: its own Kolmogorov-Smirnov statistic, deques, mannwhitneyu, keras.ops.where, a JSON file
import json
from collections import deque
from pathlib import Path

import numpy as np
from keras import Input, Model, ops
from scipy.special import kolmogorov
from scipy.stats import mannwhitneyu


def ks(one, other):
    one, other = np.sort(one), np.sort(other)
    points = np.concatenate([one, other])
    gap = np.searchsorted(one, points, "right") / len(one) - np.searchsorted(other, points, "right") / len(other)
    statistic = np.abs(gap).max()
    return statistic, kolmogorov(statistic * np.sqrt(len(one) * len(other) / (len(one) + len(other))))


def as_rows(x, width):
    x = np.asarray(x).astype(np.float64)
    if x.ndim != 2 or (width and x.shape[1] != width):
        raise ValueError(x.shape)
    return x


class Summary:
    def __init__(self, x):
        x = np.ma.masked_invalid(x)
        self.mean, self.std = x.mean(axis=0).filled(0.0), x.std(axis=0).filled(0.0)
        low, high = x.min(axis=0), x.max(axis=0)
        self.constant = ~np.ma.filled(low < high, False)
        self.mean = np.where(self.constant, np.ma.filled(low, 0.0), self.mean)


class ProductionMonitor:
    def __init__(self, reference_data, reference_predictions=None, window=100, alpha=0.05, min_effect=0.1):
        self.data = np.array(reference_data, np.float64)
        self.summary = Summary(self.data)
        self.alpha, self.effect, self.window = alpha, min_effect, window
        self.baseline = []
        self.ready = reference_predictions is not None
        if self.ready:
            self.baseline = self.split(reference_predictions)
        self.recent = deque(maxlen=window)

    @staticmethod
    def split(predictions):
        values = np.asarray(predictions, np.float64)
        return list(values.reshape(len(values), -1))

    def check_data_drift(self, production_data):
        width = self.data.shape[1]
        x = as_rows(production_data, width)
        found = set()
        for i in range(width):
            old, new = self.data[:, i], x[:, i]
            old_known, new_known = old[np.isfinite(old)], new[np.isfinite(new)]
            if len(old_known) / len(old) - len(new_known) / len(new) > 0.1:
                found.add(i)
            elif len(old_known) and len(new_known):
                statistic, p = ks(old_known, new_known)
                if p * width < self.alpha and statistic >= self.effect:
                    found.add(i)
        return sorted(found)

    def check_prediction_drift(self, predictions):
        for row in self.split(predictions):
            if self.ready:
                self.recent.append(row.copy())
            else:
                self.baseline.append(row.copy())
                self.ready = len(self.baseline) == self.window
        if len(self.recent) < self.window:
            return False
        old, new = np.array(self.baseline).T, np.array(self.recent).T
        for a, b in zip(old, new):
            statistic, p = ks(a, b)
            if p < self.alpha / len(old) and statistic >= self.effect:
                return True
        return False

    def validate_input(self, x):
        x = as_rows(np.atleast_2d(x), self.data.shape[1])
        distance = np.abs(x - self.summary.mean)
        limit = np.where(self.summary.constant, 1e-6, 5 * self.summary.std)
        return (np.isfinite(distance) & (distance <= limit)).all(axis=-1)


class ProductionPreprocessor:
    def __init__(self):
        self.parts = None

    def fit(self, x):
        summary = Summary(as_rows(x, None))
        self.parts = summary.mean, np.where(summary.constant, 1.0, summary.std)
        return self

    def check(self):
        if self.parts is None:
            raise ValueError("call fit first")
        return self.parts

    def transform(self, x):
        mean, scale = self.check()
        z = (as_rows(x, len(mean)) - mean) / scale
        return np.nan_to_num(z, nan=0, posinf=0, neginf=0).astype(np.float32)

    def save(self, path):
        text = json.dumps([part.tolist() for part in self.check()])
        Path(path).write_text(text)

    def load(self, path):
        self.parts = tuple(np.array(part) for part in json.loads(Path(path).read_text()))
        return self

    def to_model(self, model):
        mean, scale = (part.astype("float32") for part in self.check())
        raw = Input(shape=(len(mean),))
        z = ops.divide(ops.subtract(raw, mean), scale)
        return Model(raw, model(ops.where(ops.isfinite(z), z, 0.0)))


def find_leaky_features(x, y, threshold=0.95):
    x, y = np.asarray(x, np.float64), np.asarray(y).astype(int)
    found = []
    for i, column in enumerate(x.T):
        statistic = mannwhitneyu(column[y == 1], column[y == 0], method="asymptotic").statistic
        auc = statistic / (np.sum(y == 1) * np.sum(y == 0))
        if abs(auc - 0.5) + 0.5 >= threshold:
            found.append(i)
    return found


def serving_skew(train_fn, serve_fn, raw, atol=1e-5):
    results = [np.asarray(function(raw.copy())).astype(np.float64) for function in (train_fn, serve_fn)]
    if results[0].shape != results[1].shape:
        raise ValueError("shapes differ")
    a, b = results
    both, either = np.isnan(a) & np.isnan(b), np.isnan(a) ^ np.isnan(b)
    gap = np.where(both, 0, np.where(either, np.inf, abs(a - b)))
    rows, columns = np.nonzero(gap > atol)
    return dict(features=sorted({int(c) for c in columns}), rows=len(set(rows.tolist())), max_abs_diff=gap.max().item())
