"""The reference learner against counts, finite differences and steps worked out in NumPy."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference.continual_learning import OnlineLearner, ReservoirBuffer, diagonal_fisher, ewc_penalty, prequential

RNG = np.random.default_rng(8)


def linear(classes=3, features=4):
    """A model whose every number can be worked out by hand."""
    inputs = keras.Input((features,))
    model = keras.Model(inputs, keras.layers.Dense(classes)(inputs))
    model.set_weights([RNG.normal(size=weight.shape) for weight in model.get_weights()])
    return model


def with_state():
    inputs = keras.Input((4,))
    x = keras.layers.Dropout(0.3, seed=int(RNG.integers(1000)))(keras.layers.BatchNormalization()(inputs))
    return keras.Model(inputs, keras.layers.Dense(3)(x))


def rows_of(count):
    return RNG.normal(size=(count, 4)), RNG.integers(3, size=count)


def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def crossentropy(weights, x, y):
    return -np.log(softmax(x @ weights[0] + weights[1])[np.arange(len(y)), y])


def row_gradients(weights, x, y):
    """The gradients of every row's cross-entropy: with p - onehot(y) at the logits."""
    error = softmax(x @ weights[0] + weights[1]) - np.eye(3)[y]
    return [x[:, :, None] * error[:, None, :], error]


def test_every_row_is_as_likely_to_be_kept():
    kept = np.zeros(60)
    for seed in range(400):
        buffer = ReservoirBuffer(12, seed)
        for start, end in ((0, 5), (5, 45), (45, 46), (46, 60)):
            buffer.add(np.arange(start, end)[:, None], np.arange(start, end))
        numbers = buffer.sample(12)[1]
        assert len(set(numbers)) == 12
        kept[numbers] += 1
    np.testing.assert_allclose(kept, 400 / 5, atol=5 * math.sqrt(400 * 0.2 * 0.8))


def test_rows_stay_what_they_were():
    buffer, x, y = ReservoirBuffer(5, 0), np.arange(12).reshape(3, 2, 2).astype("int16"), np.array([7, 8, 9])
    buffer.add(x, y)
    original = x.copy()
    x[:] = y[:] = 0
    rows, labels = buffer.sample(10)
    assert (len(buffer), buffer.seen, rows.dtype) == (3, 3, np.int16)
    np.testing.assert_array_equal(rows, original[labels - 7])
    rows[:] = 0
    assert buffer.sample(10)[0].any()


def test_an_empty_buffer_and_an_impossible_one_are_refused():
    with pytest.raises(ValueError, match="empty"):
        ReservoirBuffer(3).sample(1)
    with pytest.raises(ValueError, match="capacity"):
        ReservoirBuffer(0)


def test_equal_seeds_keep_and_draw_alike():
    def drawn(seed):
        buffer = ReservoirBuffer(4, seed)
        buffer.add(np.arange(40)[:, None], np.arange(40))
        return buffer.sample(3)[1].tolist()

    assert drawn(1) == drawn(1) != drawn(2)


def test_fisher_is_the_mean_of_squared_row_gradients():
    model, (x, y) = linear(), rows_of(9)
    weights = model.get_weights()
    fisher = diagonal_fisher(model, x, y)
    for got, gradients in zip(fisher, row_gradients(weights, np.float32(x), y), strict=True):
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, np.mean(gradients**2, axis=0), rtol=1e-4, atol=1e-6)


def test_fisher_leaves_the_model_alone():
    model = with_state()
    before = [variable.numpy() for variable in model.variables]
    first = diagonal_fisher(model, *rows_of(5))
    assert [value.shape for value in first] == [tuple(v.shape) for v in model.trainable_variables]
    for variable, value in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(variable, value)


def test_the_penalty_and_its_slope():
    variable, anchor, information = tf.Variable([1.0, 3.0]), np.float32([2.0, 1.0]), np.float32([0.5, 4.0])
    with tf.GradientTape() as tape:
        penalty = ewc_penalty([variable], [anchor], [information], 3.0)
    assert float(penalty) == pytest.approx(1.5 * (0.5 * 1 + 4 * 4))
    np.testing.assert_allclose(tape.gradient(penalty, variable), 3 * information * [-1.0, 2.0], rtol=1e-6)


def test_a_step_goes_down_the_slope_and_reports_where_it_started():
    learner, (x, y) = OnlineLearner(linear(), keras.optimizers.SGD(0.5), replay_ratio=0.0), rows_of(6)
    before = learner.model.get_weights()
    assert learner.update(x, y) == pytest.approx(crossentropy(before, x, y).mean(), rel=1e-5)
    expected = [w - 0.5 * g.mean(0) for w, g in zip(before, row_gradients(before, x, y), strict=True)]
    for weight, value in zip(learner.model.get_weights(), expected, strict=True):
        np.testing.assert_allclose(weight, value, rtol=1e-4, atol=1e-5)


def test_two_consolidations_pull_to_both_anchors():
    learner = OnlineLearner(linear(), keras.optimizers.SGD(0.1), replay_ratio=0.0, ewc_lambda=6.0)
    terms = []
    for _ in range(2):
        learner.update(*rows_of(5))
        x, y = rows_of(7)
        weights = learner.model.get_weights()
        terms.append((weights, [np.mean(g**2, axis=0) for g in row_gradients(weights, x, y)]))
        learner.consolidate(x, y)
    learner.model.set_weights([weight + 1 for weight in learner.model.get_weights()])
    before, (x, y) = learner.model.get_weights(), rows_of(5)
    learner.update(x, y)
    for i, (weight, data) in enumerate(zip(learner.model.get_weights(), row_gradients(before, x, y), strict=True)):
        pull = sum(6.0 * fisher[i] * (before[i] - anchors[i]) for anchors, fisher in terms)
        np.testing.assert_allclose(weight, before[i] - 0.1 * (data.mean(0) + pull), rtol=1e-4, atol=1e-4)
    assert learner._step.experimental_get_tracing_count() == 1


@pytest.mark.parametrize(("ratio", "expected"), [(0.0, [1, 1, 3]), (0.5, [1, 2, 5]), (2.0, [1, 2, 5])])
def test_replay_comes_from_before_the_batch(ratio, expected, monkeypatch):
    learner = OnlineLearner(linear(), replay_ratio=ratio, seed=0)
    sizes, step = [], learner._step
    monkeypatch.setattr(learner, "_step", lambda x, y: sizes.append(len(x)) or step(x, y))
    for count in (1, 1, 3):
        learner.update(*rows_of(count))
    assert sizes == expected
    assert learner.buffer.seen == 5


def test_predictions_are_class_ids():
    learner, (x, _) = OnlineLearner(linear()), rows_of(9)
    kernel, bias = learner.model.get_weights()
    np.testing.assert_array_equal(learner.predict(x), (x @ kernel + bias).argmax(1))


def test_negative_settings_are_refused():
    with pytest.raises(ValueError, match="replay_ratio"):
        OnlineLearner(linear(), replay_ratio=-0.5)


def test_a_loaded_learner_goes_on_alike(tmp_path):
    """Dropout too: the states of random layers are variables of the model, but not among its weights."""

    def learner(seed):
        return OnlineLearner(with_state(), keras.optimizers.Adam(0.05), 20, 1.0, 3.0, seed)

    first, second = learner(1), learner(2)
    for _ in range(5):
        first.update(*rows_of(7))
    first.consolidate(*rows_of(5))
    first.update(*rows_of(7))
    first.save(tmp_path / "some" / "where")
    assert second.load(str(tmp_path / "some" / "where")) is second
    for _ in range(3):
        batch = rows_of(7)
        assert first.update(*batch) == second.update(*batch)
    for one, other in zip(first._variables(), second._variables(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_another_model_is_refused(tmp_path):
    OnlineLearner(linear()).save(tmp_path)
    with pytest.raises(ValueError, match="same variables"):
        OnlineLearner(linear(classes=5)).load(tmp_path)


def test_prequential_tests_before_it_trains():
    class Learner:
        log = []

        def predict(self, x):
            self.log.append("predict")
            return np.zeros(len(x), int)

        def update(self, x, y):
            self.log.append("update")
            return float(len(x))

    batches = [(np.zeros((2, 1)), [0, 1]), (np.zeros((6, 1)), [0] * 6)]
    assert prequential(Learner(), iter(batches)) == {"accuracy": [0.5, 1.0], "losses": [2.0, 6.0], "mean": 0.875}
    assert Learner.log == ["predict", "update"] * 2
    assert prequential(Learner(), []) == {"accuracy": [], "losses": [], "mean": 0.0}
