"""What is asked of the monitor, the preprocessor and the two checks beside them."""

import gc
import tracemalloc
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from scipy.special import ndtri

from grader.probing import artifact, probe, raised, scratch


def untouched(before, after):
    """Whether an array is what it was, NaN included."""
    return bool(np.array_equal(before, after, equal_nan=True))


def evenly(rng, mean, deviation, count):
    """Normal values in random order whose distribution function is as even as it can be.

    A test on two such samples without a shift is far from any threshold, whichever formula its p-value comes from.
    """
    return mean + deviation * ndtri((rng.permutation(count) + rng.uniform(0.2, 0.8, count)) / count)


def columns_of(rng, mean, deviation, count, features):
    """Several such columns, independent of each other."""
    return np.stack([evenly(rng, mean, deviation, count) for _ in range(features)], axis=1)


@probe("drift_found")
def drift_found(solution, rng):
    """A mean, a spread and a shape that changed, each in one column of four."""
    reference = columns_of(rng, 5, 2, 800, 4)
    monitor = solution.ProductionMonitor(reference)
    column = int(rng.choice([0, 2, 3]))

    def production(change):
        rows = columns_of(rng, 5, 2, 400, 4)
        rows[:, column] = change(rows[:, column])
        return rows

    two_humps = np.where(np.arange(400) % 2 == 0, 3.0, 7.0) + rng.normal(0, 0.05, 400)
    rows = {
        "the same": production(lambda values: values),
        "mean": production(lambda values: values + 2),
        "spread": production(lambda values: 5 + 3 * (values - 5)),
        "shape": production(lambda values: two_humps),
    }
    seen = {name: monitor.check_data_drift(table) for name, table in rows.items()}
    before = rows["mean"].copy()
    seen["float32"] = monitor.check_data_drift(rows["mean"].astype("float32"))
    return seen | {
        "untouched": untouched(before, rows["mean"]),
        "three columns": raised(monitor.check_data_drift, rows["mean"][:, :3]),
    }


@probe("few_false_alarms")
def few_false_alarms(solution, rng):
    """Thirty clean pairs of 20 features; a tiny shift in many rows; a shift that everybody should see."""
    clean = []
    for _ in range(30):
        monitor = solution.ProductionMonitor(rng.normal(size=(600, 20)))
        clean.append(monitor.check_data_drift(rng.normal(size=(120, 20))))
    many = solution.ProductionMonitor(rng.normal(size=(20_000, 2)))
    loud = rng.normal(size=(120, 20))
    column = int(rng.integers(2, 20))
    loud[:, column] += 2
    return {
        "clean": clean,
        "tiny": many.check_data_drift(rng.normal([0.08, 0.0], 1, (20_000, 2))),
        "real": many.check_data_drift(rng.normal([0.08, 0.5], 1, (20_000, 2))),
        "loud": monitor.check_data_drift(loud),
        "column": column,
    }


@probe("missing_values")
def missing_values(solution, rng):
    """Values that are missing as before, altogether, more often, and in a column that has shifted too."""
    some = rng.permutation(3)

    def rows(count, share=0.2):
        table = columns_of(rng, 0, 1, count, 3)
        table[rng.permutation(count)[: int(share * count)], some[0]] = np.nan
        return table

    monitor = solution.ProductionMonitor(rows(600))
    gone, infinite, shifted = rows(400), rows(400), rows(400)
    gone[:, some[1]] = np.nan
    infinite[rng.permutation(400)[:120], some[1]] = np.inf
    shifted[:, some[2]] += 1
    shifted[rng.permutation(400)[:32], some[2]] = np.nan
    return {
        "as before": monitor.check_data_drift(rows(400)),
        "none missing": monitor.check_data_drift(rows(400, share=0.0)),
        "a column gone": monitor.check_data_drift(gone),
        "infinite": monitor.check_data_drift(infinite),
        "shifted": monitor.check_data_drift(shifted),
        "both columns": monitor.check_data_drift(np.where(np.isfinite(gone), shifted, np.nan)),
    }


@probe("prediction_drift")
def prediction_drift(solution, rng):
    """Predictions in calls of all sizes, that drift, stay there and come back."""
    data = rng.normal(size=(50, 2))
    monitor = solution.ProductionMonitor(data, window=200)
    calls = [(120, 0), (130, 0), (50, 0), (100, 0), *[(50, 3)] * 4, (200, 3), (200, 3), (200, 0)]
    seen = {"stream": [monitor.check_prediction_drift(evenly(rng, mean, 1, size)) for size, mean in calls]}
    at_once = solution.ProductionMonitor(data, window=200)
    big = np.concatenate([evenly(rng, 0, 1, 300), evenly(rng, 3, 1, 200)])
    seen["one big call"] = at_once.check_prediction_drift(big)
    given = solution.ProductionMonitor(data, evenly(rng, 0, 1, 500), window=200)
    seen["80 of 200"] = given.check_prediction_drift(rng.normal(3, 1, 80).tolist())
    seen["column"] = given.check_prediction_drift(rng.normal(3, 1, (60, 1)))
    seen["tensor"] = given.check_prediction_drift(tf.constant(rng.normal(3, 1, (60, 1)), tf.float32))
    return seen


@probe("slow_drift_bounded_memory")
def slow_drift_bounded_memory(solution, rng):
    """A mean that creeps; then how much is kept of 100 further calls, as a share of what they brought."""
    monitor = solution.ProductionMonitor(rng.normal(size=(50, 2)), window=200)
    alarms = [monitor.check_prediction_drift(rng.normal(0.03 * call, 1, 50)) for call in range(60)]
    calls = [rng.normal(size=400) for _ in range(100)]
    for predictions in calls[:3]:
        monitor.check_prediction_drift(predictions)
    gc.collect()
    tracemalloc.start()
    witness = np.zeros(50_000)  # traces without it have been tampered with
    for predictions in calls:
        monitor.check_prediction_drift(predictions)
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0] - witness.nbytes
    tracemalloc.stop()
    share = kept / sum(predictions.nbytes for predictions in calls)
    return {"alarms": alarms, "kept": share if share >= 0 else np.inf}


@probe("class_probabilities")
def class_probabilities(solution, rng):
    """Three classes of which two swap places; and 30 monitors with 20 columns in which nothing happens."""
    data, concentration = rng.normal(size=(50, 2)), [5.0, 4.0, 1.0]
    reference = rng.dirichlet(concentration, 600)

    def judged(*calls):
        monitor = solution.ProductionMonitor(data, reference, window=150)
        return [monitor.check_prediction_drift(rows) for rows in calls]

    swapped = rng.permutation(reference)[:300][:, [0, 2, 1]]
    clean = []
    for _ in range(30):
        monitor = solution.ProductionMonitor(data, rng.normal(size=(300, 20)), window=150, min_effect=0.0)
        clean.append(monitor.check_prediction_drift(rng.normal(size=(150, 20))))
    single = solution.ProductionMonitor(data, reference[:, 0], window=150)
    return {
        "too few, then enough": judged(swapped[:100], swapped[100:200]),
        "permuted": judged(rng.permutation(reference)[:200]),
        "two classes swapped": judged(swapped[:200]),
        "float32 tensor": judged(tf.constant(swapped[:200], tf.float32)),
        "one column": single.check_prediction_drift(rng.dirichlet(concentration, 200)[:, 2:]),
        "clean": clean,
    }


@probe("validate_input")
def validate_input(solution, rng):
    """Rows inside and outside, with NaN and infinities, beside a constant and among large float32 values."""
    reference = rng.normal([0, 10, 0, -4], [1, 3, 0, 2], (400, 4))
    reference[:, 2] = 3.3
    reference[rng.permutation(400)[:40], 3] = np.nan
    reference[rng.permutation(400)[:10], 3] = np.inf
    rows = np.tile([0.5, 11.0, 3.3, -3.0], (12, 1))
    changes = {
        1: (0, 7.0),
        2: (0, -7.0),
        3: (1, 22.0),
        4: (1, 30.0),
        5: (0, np.nan),
        6: (3, np.inf),
        7: (1, -np.inf),
        8: (2, 3.3 + 1e-8),
        9: (2, 3.31),
        10: (2, np.nan),
        11: (3, 8.0),
    }
    for row, (column, value) in changes.items():
        rows[row, column] = value
    order = rng.permutation(12)
    monitor, before = solution.ProductionMonitor(reference), rows.copy()
    large = rng.normal(1e6, 1, (20_000, 2)).astype("float32")
    offsets = np.array([-8, -6, -4, -1, 0, 1, 4, 6, 8.0])
    return {
        "rows": monitor.validate_input(rows[order]),
        "one row": monitor.validate_input(rows[0]),
        "one bad row": monitor.validate_input(rows[4].tolist()),
        "untouched": untouched(before, rows),
        "large": solution.ProductionMonitor(large).validate_input(np.float32(1e6 + offsets[:, None] * [0, 1])),
        "three features": raised(monitor.validate_input, rows[:, :3]),
    }


@probe("preprocessing")
def preprocessing(solution, rng):
    """Statistics of what is there, in float64; a float32 result without holes."""
    x = rng.normal([0, 50, 0, 0, 2], [1, 9, 1, 1, 0.1], (60, 5))
    x[rng.permutation(60)[:15], 1] = np.nan
    x[rng.permutation(60)[:5], 4] = -np.inf
    x[:, 2], x[:, 3] = 3.3, np.nan
    rows = rng.normal([0, 50, 3.3, 0, 2], [1, 9, 0.001, 1, 0.1], (20, 5))
    rows[0, 0], rows[1, 1], rows[2, 2] = np.inf, -np.inf, np.nan
    before, rows_before = x.copy(), rows.copy()
    prep = solution.ProductionPreprocessor().fit(x)
    whole = rng.integers(0, 9, (12, 2))
    large = rng.normal(9000, 1, (20_000, 2)).astype("float32")
    fresh = solution.ProductionPreprocessor()
    return {
        "training": prep.transform(x),
        "rows": prep.transform(rows),
        "float32": prep.transform(rows.astype("float32")),
        "ints": solution.ProductionPreprocessor().fit(whole).transform(whole),
        "large": solution.ProductionPreprocessor().fit(large).transform(large[:50]),
        "untouched": [untouched(before, x), untouched(rows_before, rows)],
        "refusals": [
            raised(fresh.transform, rows),
            raised(fresh.save, scratch() / "nothing"),
            raised(prep.transform, rows[:, :4]),
        ],
    }


@probe("save_and_load")
def save_and_load(solution, rng):
    """One file, under exactly the name that was asked for."""
    x, rows = rng.normal(3, 2, (30, 3)), rng.normal(3, 2, (5, 3))
    x[:4, 1] = np.nan
    prep = solution.ProductionPreprocessor().fit(x)
    seen = {}
    for number, name in enumerate(("prep.npz", "prep", "prep.v1.bin", "at_a_path.npy")):
        folder = scratch()
        path = folder / name if number == 3 else str(folder / name)
        prep.save(path)
        loaded = solution.ProductionPreprocessor()
        seen[name] = {
            "returns itself": loaded.load(path) is loaded,
            "rows": loaded.transform(rows),
            "files": sorted(entry.name for entry in folder.iterdir()),
        }
        if number == 3:
            seen["sizes"] = [Path(path).stat().st_size > 0]
    return seen | {"first": prep.transform(rows)}


@probe("model_takes_raw_rows")
def model_takes_raw_rows(solution, rng, serving):
    """A model of raw rows, saved for somebody who has none of this code."""
    prep = solution.ProductionPreprocessor().fit(serving["training"])
    inputs = keras.Input((5,))
    hidden = keras.layers.Dense(6, activation="tanh")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(2)(hidden))
    model.set_weights([rng.normal(size=weight.shape) for weight in model.get_weights()])
    path = scratch() / "model.keras"
    prep.to_model(model).save(path)
    artifact(path)
    return {"weights": model.get_weights()}


@probe("leaky_features")
def leaky_features(solution, rng):
    """Rows sorted by label, and columns that know it a lot, a little or not at all."""
    y = np.arange(400) // 200
    flipped_2, flipped_15 = y.copy(), y.copy()
    flipped_2[rng.permutation(400)[:8]] ^= 1
    flipped_15[rng.permutation(400)[:60]] ^= 1
    one_sided = np.where((y == 1) & (np.arange(400) % 2 == 0), 1.0, 0.0)
    columns = {
        "noise": rng.normal(size=400),
        "shifted": rng.normal(size=400) + 3.5 * y,
        "monotone": -np.exp(3 * (0.3 * rng.normal(size=400) + 2 * y)),
        "flipped, 2 %": flipped_2,
        "flipped, 15 %": flipped_15,
        "constant": np.full(400, 2.0),
        "weak": rng.normal(size=400) + 0.3 * y,
        "one-sided": one_sided,
        "reversed": -one_sided,
    }
    order = rng.permutation(len(columns))
    x = np.stack(list(columns.values()), axis=1)[:, order]
    before = x.copy()
    shuffled = rng.permutation(400)
    return {
        "0.95": solution.find_leaky_features(x, y),
        "0.70": solution.find_leaky_features(x, y, threshold=0.70),
        "shuffled": solution.find_leaky_features(x[shuffled], y[shuffled].astype("float64"), 0.8),
        "untouched": untouched(before, x),
    }


@probe("serving_skew")
def serving_skew(solution, rng):
    """Two preprocessings that agree, that differ, that write into their argument, and that drop a column."""
    raw = rng.normal(size=(30, 4))
    raw[:, 3] += 1e4
    raw[5, 1] = np.nan
    before = raw.copy()
    column, few = int(rng.integers(3)), rng.permutation(np.arange(6, 30))[:4]

    def same(x):
        return 2 * x

    def in_place(x):
        x *= 2
        x[few, column] += 0.5
        return x

    def filled(x):
        return np.nan_to_num(2 * x)

    def nearly(x):
        x = 2 * x
        x[few[:3], 3] += 1e-3
        return x

    skew = solution.serving_skew
    return {
        "the same": skew(same, same, raw),
        "in place": skew(same, in_place, raw),
        "in place first": skew(in_place, same, raw),
        "filled": skew(same, filled, raw),
        "nearly": skew(same, nearly, raw),
        "near enough": skew(same, nearly, raw, atol=1e-2),
        "float32": skew(same, lambda x: (2 * x).astype("float32"), raw[:, :3], atol=1e-4),
        "fewer columns": raised(skew, same, lambda x: x[:, :3], raw),
        "untouched": untouched(before, raw),
    }
