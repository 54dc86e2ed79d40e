"""The reference against plain definitions: pairs counted one by one, and statistics in exact arithmetic."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.special import ndtri

from reference.production_monitoring import ProductionMonitor, ProductionPreprocessor, find_leaky_features, serving_skew

RNG = np.random.default_rng(12)


def evenly(count, mean=0.0, deviation=1.0):
    """Normal values whose empirical distribution is as close to the true one as it gets."""
    return mean + deviation * ndtri((RNG.permutation(count) + 0.5) / count)


def table(count, features=3):
    return np.stack([evenly(count) for _ in range(features)], axis=1)


def with_column(rows, column, values):
    changed = rows.copy()
    changed[:, column] = values
    return changed


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (evenly(300), []),
        (evenly(300, mean=0.6), [1]),
        (evenly(300, deviation=3), [1]),
        (np.repeat([-1.0, 1.0], 150), [1]),
        (np.full(300, np.nan), [1]),
        (np.where(np.arange(300) < 60, -np.inf, evenly(300)), [1]),
    ],
    ids=["same", "mean", "spread", "shape", "gone", "infinite"],
)
def test_every_kind_of_drift_is_found(values, expected):
    monitor, rows = ProductionMonitor(table(600)), table(300)
    found = monitor.check_data_drift(with_column(rows, 1, values).astype("float32"))
    assert found == expected
    assert all(type(feature) is int for feature in found)


def test_holes_that_were_there_before_are_no_drift():
    reference = with_column(table(600), 0, np.where(np.arange(600) % 3 == 0, np.nan, evenly(600)))
    rows = with_column(table(300), 0, np.where(np.arange(300) % 3 == 0, np.nan, evenly(300)))
    assert ProductionMonitor(reference).check_data_drift(rows) == []
    assert ProductionMonitor(rows[:, :2]).check_data_drift(table(300, 2)) == []


def test_what_is_significant_but_small_is_no_drift():
    rows = table(20_000, 1)
    assert ProductionMonitor(rows).check_data_drift(rows + 0.08) == []
    assert ProductionMonitor(rows, min_effect=0.02).check_data_drift(rows + 0.08) == [0]


def test_the_chance_of_a_false_alarm_is_shared_by_all_tests():
    reference, rows = table(200, 1), table(200, 1) + 0.4
    assert ProductionMonitor(reference).check_data_drift(rows) == [0]
    wide = ProductionMonitor(np.repeat(reference, 20, axis=1))
    assert wide.check_data_drift(np.repeat(rows, 20, axis=1)) == []


def test_no_rows_are_no_drift():
    assert ProductionMonitor(table(50)).check_data_drift(np.zeros((0, 3))) == []


@pytest.mark.parametrize("sizes", [[400], [150, 250], [10] * 40], ids=["one call", "two", "many"])
def test_the_baseline_is_filled_and_the_window_judged_however_it_comes(sizes):
    stream = np.concatenate([evenly(100), evenly(200), evenly(100, mean=2)])
    monitor, start, answers = ProductionMonitor(table(20), window=100), 0, []
    for size in sizes:
        answers.append(monitor.check_prediction_drift(stream[start : start + size]))
        start += size
    assert answers[-1] is True
    assert monitor.check_prediction_drift(evenly(100).tolist()) is False
    assert monitor.check_prediction_drift(tf.constant(evenly(100, mean=2)[:, None], tf.float32)) is True


def test_less_than_a_window_is_not_judged():
    monitor = ProductionMonitor(table(20), evenly(300), window=100)
    assert monitor.check_prediction_drift(evenly(99, mean=5)) is False
    assert monitor.check_prediction_drift([5.0]) is True


def test_only_a_window_is_kept():
    monitor = ProductionMonitor(table(20), window=50)
    monitor.check_prediction_drift(evenly(70))
    monitor.check_prediction_drift(evenly(10_000))
    assert monitor._recent.shape == (50, 1)
    assert monitor._recent.base is None
    assert monitor._baseline.base is None


def test_two_classes_that_swap_places_are_a_drift():
    probabilities = RNG.dirichlet([5, 4, 1], 400)
    monitor = ProductionMonitor(table(20), probabilities, window=100)
    assert monitor.check_prediction_drift(probabilities[::2]) is False
    assert monitor.check_prediction_drift(probabilities[::2, [0, 2, 1]]) is True
    with pytest.raises(ValueError, match="3 columns"):
        monitor.check_prediction_drift(probabilities[:, :2])


def test_validation_sees_what_is_far_missing_or_not_constant():
    reference = np.stack([evenly(500), np.where(np.arange(500) % 7 == 0, np.nan, 3.3)], axis=1)
    monitor = ProductionMonitor(reference)
    rows = [[4.9, 3.3], [5.1, 3.3], [np.nan, 3.3], [0, np.inf], [0, 3.3 + 1e-8], [0, 3.31]]
    assert monitor.validate_input(rows).tolist() == [True, False, False, False, True, False]
    assert monitor.validate_input([0.0, 3.3]).tolist() == [True]


def test_large_float32_values_keep_their_deviation():
    values = (1e6 + np.stack([evenly(20_000)] * 2, axis=1)).astype("float32")
    rows = (1e6 + np.array([[4.5], [5.5]]) * [0, 1]).astype("float32")
    assert ProductionMonitor(values).validate_input(rows).tolist() == [True, False]
    assert abs(ProductionPreprocessor().fit(values).transform(values[:1] * 0 + 1e6)).max() < 0.01


def test_rows_of_another_width_are_refused():
    monitor, prep = ProductionMonitor(table(20)), ProductionPreprocessor().fit(table(20))
    for method in (monitor.check_data_drift, monitor.validate_input, prep.transform):
        with pytest.raises(ValueError, match="3 features"):
            method(table(5, 2))


def fitted():
    training = np.stack([evenly(50, 5, 2), np.where(np.arange(50) < 9, np.nan, evenly(50)), np.full(50, 3.3)], axis=1)
    training = np.concatenate([training, np.full((50, 1), np.nan)], axis=1)
    return ProductionPreprocessor().fit(training), training


def test_transforming_standardises_and_fills_in():
    prep, training = fitted()
    before = training.copy()
    out = prep.transform(training)
    np.testing.assert_array_equal(training, before)
    assert out.dtype == np.float32
    known = np.isfinite(training[:, 1])
    expected = (training[known, 1] - training[known, 1].mean()) / training[known, 1].std()
    np.testing.assert_allclose(out[known, 1], expected, rtol=1e-6, atol=1e-7)
    assert not out[~known, 1].any()
    assert not out[:, 2:].any()
    np.testing.assert_allclose(prep.transform([[5.0, np.inf, 4.3, 7.0]])[0, 1:], [0, 1, 7], rtol=1e-6)


def test_nothing_comes_out_before_fitting(tmp_path):
    with pytest.raises(ValueError, match="fit"):
        ProductionPreprocessor().transform(table(3))
    with pytest.raises(ValueError, match="fit"):
        ProductionPreprocessor().save(tmp_path / "nothing")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["prep", "prep.npz", "prep.v1.bin"])
def test_a_file_is_where_it_was_asked_for(tmp_path, name):
    prep, training = fitted()
    prep.save(str(tmp_path / name))
    assert [path.name for path in tmp_path.iterdir()] == [name]
    loaded = ProductionPreprocessor().load(tmp_path / name)
    np.testing.assert_array_equal(loaded.transform(training), prep.transform(training))


def test_the_model_takes_raw_rows_and_survives_saving(tmp_path):
    prep, training = fitted()
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    prep.to_model(model).save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    rows = training.astype("float32")
    rows[0], rows[1] = np.inf, -np.inf
    np.testing.assert_allclose(loaded(rows), model(prep.transform(rows)), rtol=1e-4, atol=1e-5)


def test_the_model_is_exact_where_float32_means_are_not():
    prep = ProductionPreprocessor().fit(1e6 + evenly(1000)[:, None])
    inputs = keras.Input((1,))
    rows = np.float32([[1e6 - 1], [1e6], [1e6 + 2.25]])
    found = prep.to_model(keras.Model(inputs, keras.layers.Identity()(inputs)))(rows)
    np.testing.assert_allclose(found, prep.transform(rows), atol=1e-5)


@pytest.mark.parametrize("threshold", [0.6, 0.75, 0.9])
def test_leaks_are_decided_by_counting_pairs(threshold):
    y = np.repeat([0, 1], 30)
    strengths = [0, 0.5, 1, 2, -3]
    x = np.stack([np.round(strength * y + evenly(60), 1) for strength in strengths], axis=1)
    differences = x[y == 1][:, None] - x[y == 0][None]
    auc = np.mean((differences > 0) + 0.5 * (differences == 0), axis=(0, 1))
    expected = [i for i in range(5) if max(auc[i], 1 - auc[i]) >= threshold]
    assert find_leaky_features(x, y, threshold) == expected
    assert find_leaky_features(-np.exp(x), y.astype("float32"), threshold) == expected


def test_what_cannot_leak_does_not():
    assert find_leaky_features(np.ones((6, 1)), [0, 0, 0, 1, 1, 1], 0.6) == []
    assert find_leaky_features(table(4), [1, 1, 1, 1]) == []
    with pytest.raises(ValueError, match="one label"):
        find_leaky_features(table(4), [1, 0])


def test_skew_is_found_between_copies():
    raw = np.arange(12.0).reshape(4, 3)

    def in_place(x):
        x[1:3, 2] += 0.5
        return x

    expected = {"features": [2], "rows": 2, "max_abs_diff": 0.5}
    assert serving_skew(in_place, lambda x: x, raw) == serving_skew(lambda x: x, in_place, raw) == expected
    np.testing.assert_array_equal(raw, np.arange(12.0).reshape(4, 3))


def test_nan_differs_from_numbers_only():
    raw = np.array([[np.nan, 1.0], [np.inf, 2.0]])
    assert serving_skew(np.copy, np.copy, raw) == {"features": [], "rows": 0, "max_abs_diff": 0.0}
    assert serving_skew(np.copy, np.nan_to_num, raw) == {"features": [0], "rows": 2, "max_abs_diff": np.inf}
    with pytest.raises(ValueError, match="one shape"):
        serving_skew(np.copy, lambda x: x[:, :1], raw)
