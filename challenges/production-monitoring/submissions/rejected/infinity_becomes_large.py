# caught by: model_takes_raw_rows
# why: infinities turn into the largest float
import keras
import numpy as np
from scipy.stats import ks_2samp, rankdata


def table(x, features=None):
    x = np.asarray(x, "float64")
    if x.ndim != 2 or features not in (None, x.shape[1]):
        raise ValueError(f"shape {x.shape}, expected {features} features")
    return x


def statistics(x):
    means, deviations = [], []
    for column in x.T:
        known = column[np.isfinite(column)]
        if len(known) == 0:
            means.append(0.0)
            deviations.append(0.0)
        elif known.min() == known.max():
            means.append(known[0])
            deviations.append(0.0)
        else:
            means.append(known.mean())
            deviations.append(known.std())
    return np.array(means), np.array(deviations)


class ProductionMonitor:
    def __init__(self, reference_data, reference_predictions=None, window=100, alpha=0.05, min_effect=0.1):
        self.reference = table(reference_data).copy()
        self.mean, self.std = statistics(self.reference)
        self.window, self.alpha, self.min_effect = window, alpha, min_effect
        self.baseline = None if reference_predictions is None else self.columns(reference_predictions)
        self.filling, self.recent = None, None

    @staticmethod
    def columns(predictions):
        predictions = np.array(predictions, "float64")
        return predictions[:, None] if predictions.ndim == 1 else predictions

    def differ(self, before, now, tests):
        before, now = before[np.isfinite(before)], now[np.isfinite(now)]
        if len(before) == 0 or len(now) == 0:
            return False
        test = ks_2samp(before, now, method="asymp")
        return bool(test.pvalue < self.alpha / tests and test.statistic >= self.min_effect)

    def check_data_drift(self, production_data):
        features = self.reference.shape[1]
        rows = table(production_data, features)
        drifted = []
        for i in range(features):
            before, now = self.reference[:, i], rows[:, i]
            lost = np.mean(~np.isfinite(now)) - np.mean(~np.isfinite(before))
            if lost > 0.1 or self.differ(before, now, features):
                drifted.append(i)
        return drifted

    def check_prediction_drift(self, predictions):
        rows = self.columns(predictions)
        if self.baseline is None:
            seen = rows if self.filling is None else np.concatenate([self.filling, rows])
            self.filling, rows = seen[: self.window], seen[self.window :]
            if len(self.filling) == self.window:
                self.baseline = self.filling
            else:
                return False
        self.recent = rows if self.recent is None else np.concatenate([self.recent, rows])
        self.recent = self.recent[-self.window :].copy()
        if len(self.recent) < self.window:
            return False
        count = rows.shape[1]
        return any([self.differ(self.baseline[:, k], self.recent[:, k], count) for k in range(count)])

    def validate_input(self, x):
        x = np.asarray(x, "float64")
        rows = table(x[None] if x.ndim == 1 else x, len(self.mean))
        allowed = np.where(self.std == 0, 1e-6, 5 * self.std)
        good = np.isfinite(rows)
        return np.all(good & (np.abs(np.where(good, rows, self.mean) - self.mean) <= allowed), axis=1)


class ProductionPreprocessor:
    fitted = False

    def fit(self, x):
        self.mean, std = statistics(table(x))
        self.std = np.where(std == 0, 1.0, std)
        self.fitted = True
        return self

    def transform(self, x):
        if not self.fitted:
            raise ValueError("Preprocessor not fitted!")
        rows = table(x, len(self.mean))
        rows = np.where(np.isfinite(rows), rows, self.mean)
        return ((rows - self.mean) / self.std).astype("float32")

    def save(self, path):
        if not self.fitted:
            raise ValueError("Preprocessor not fitted!")
        with open(path, "wb") as file:
            np.savez(file, mean=self.mean, std=self.std)

    def load(self, path):
        data = np.load(path)
        self.mean, self.std = data["mean"], data["std"]
        self.fitted = True
        return self

    def to_model(self, model):
        raw = keras.Input((len(self.mean),))
        z = keras.layers.Normalization(mean=self.mean, variance=self.std**2)(raw)
        z = keras.ops.nan_to_num(z)
        return keras.Model(raw, model(z))


def find_leaky_features(x, y, threshold=0.95):
    x, ones = table(x), np.asarray(y) == 1
    pairs = ones.sum() * (~ones).sum()
    leaky = []
    for i in range(x.shape[1]):
        ranks = rankdata(x[:, i])
        auc = (ranks[ones].sum() - ones.sum() * (ones.sum() + 1) / 2) / pairs
        if max(auc, 1 - auc) >= threshold:
            leaky.append(i)
    return leaky


def serving_skew(train_fn, serve_fn, raw, atol=1e-5):
    first = np.asarray(train_fn(np.array(raw)), "float64")
    second = np.asarray(serve_fn(np.array(raw)), "float64")
    if first.shape != second.shape:
        raise ValueError(f"shapes {first.shape} and {second.shape}")
    difference = np.abs(first - second)
    difference[np.isnan(first) & np.isnan(second)] = 0.0
    difference[np.isnan(difference)] = np.inf
    skewed = difference > atol
    return {
        "features": np.flatnonzero(skewed.any(axis=0)).tolist(),
        "rows": int(skewed.any(axis=1).sum()),
        "max_abs_diff": float(difference.max()),
    }
