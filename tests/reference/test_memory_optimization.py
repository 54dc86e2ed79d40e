"""The reference's levers on memory against NumPy, brute force, and training on whole batches."""

import math
import weakref

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference.memory_optimization import (
    LossScaler,
    build_mixed_precision_model,
    checkpointed,
    enable_memory_growth,
    largest_batch,
    stream_batches,
    stream_dataset,
    train_with_accumulation,
)

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((13, 3)).astype("float32"), RNG.standard_normal((13, 2)).astype("float32")
KERNEL = RNG.standard_normal((3, 2)).astype("float32")


def linear(dtype=None):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, use_bias=False, dtype=dtype)])
    model.set_weights([KERNEL])
    return model


def squares(y, predictions):
    return tf.reduce_sum(tf.square(y - predictions), axis=-1)


def mean_square(y, predictions):
    return tf.reduce_mean(tf.square(y - tf.cast(predictions, tf.float32)))


def descend(groups, rate):
    """Gradient descent on the mean of squares, in NumPy: losses and the last kernel."""
    kernel, losses = np.float64(KERNEL), []
    for x, y in groups:
        error = x @ kernel - y
        losses.append(np.square(error).sum(axis=1).mean())
        kernel = kernel - rate * 2 * x.T @ error / len(x)
    return losses, kernel


def test_one_busy_gpu_does_not_decide_for_the_others(monkeypatch):
    gpus, called = ["busy", "free", "idle"], []

    def set_growth(gpu, enable):
        called.append((gpu, enable))
        if gpu == "busy":
            raise RuntimeError

    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: gpus)
    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", set_growth)
    assert enable_memory_growth() == 2
    assert called == [(gpu, True) for gpu in gpus]


@pytest.mark.parametrize(("low", "high"), [(1, 1), (1, 2), (1, 37), (3, 40), (7, 7), (1, 64)])
def test_the_search_agrees_with_brute_force(low, high):
    for limit in range(high + 3):
        tried = []

        def try_step(size, limit=limit, tried=tried):
            tried.append(size)
            if size > limit:
                raise tf.errors.ResourceExhaustedError(None, None, "full")

        expected = max((size for size in range(low, high + 1) if size <= limit), default=0)
        assert largest_batch(try_step, low, high) == expected
        assert len(tried) == len(set(tried)) <= 2 * math.ceil(math.log2(high)) + 2
        assert low <= min(tried)
        assert max(tried) <= high


def test_other_errors_are_the_callers():
    def breaks(size):
        raise KeyError(size)

    with pytest.raises(KeyError):
        largest_batch(breaks)


@pytest.mark.parametrize("policy", ["float32", "float64", "mixed_bfloat16"])
def test_the_model_neither_follows_nor_changes_the_global_policy(policy):
    keras.mixed_precision.set_global_policy(policy)
    try:
        model = build_mixed_precision_model((8, 8, 1), 3)
        assert keras.mixed_precision.global_policy().name == policy
    finally:
        keras.mixed_precision.set_global_policy("float32")
    assert [layer.compute_dtype for layer in model.layers] == ["float16"] * 4 + ["float32"]
    assert {variable.dtype for variable in model.variables} == {"float32"}
    output = model(np.ones((2, 8, 8, 1), "float32"))
    assert output.dtype == "float32"
    np.testing.assert_allclose(np.sum(output, axis=-1), 1, atol=1e-6)


@pytest.mark.parametrize(("size", "scale"), [(1.0, 2.0**8), (1e-7, 2.0**18)])
def test_scaled_gradients_are_those_of_float32(size, scale):
    loss, (gradient,) = LossScaler(scale).gradients(
        linear("mixed_float16"), lambda y, p: size * mean_square(y, p), X, Y
    )
    error = np.float64(X) @ KERNEL - Y
    assert loss == pytest.approx(size * np.square(error).mean(), rel=5e-3)
    assert gradient.dtype == "float32"
    np.testing.assert_allclose(gradient / size, 2 * X.T @ error / error.size, rtol=2e-2, atol=5e-3)


def test_an_overflow_costs_the_step_and_lowers_the_scale():
    model, optimizer = linear("mixed_float16"), keras.optimizers.SGD(0.01)
    scaler = LossScaler(2.0**40, factor=4.0, growth_steps=2)
    assert not scaler.step(model, optimizer, mean_square, X, Y)
    np.testing.assert_array_equal(model.get_weights()[0], KERNEL)
    assert scaler.scale == 2.0**38
    assert int(optimizer.iterations) == 0


def test_the_scale_grows_after_good_steps_in_a_row_and_stays_above_one():
    model, optimizer = linear("mixed_float16"), keras.optimizers.SGD(0.01)
    scaler = LossScaler(2.0, factor=4.0, growth_steps=2)
    scales = []
    for x in (X, X * np.nan, X, X, X, X):
        scaler.step(model, optimizer, mean_square, x, Y)
        scales.append(scaler.scale)
    assert scales == [2, 1, 1, 4, 4, 16]
    assert int(optimizer.iterations) == 5


@pytest.mark.parametrize("sizes", [(4, 4, 4, 1), (6, 1, 2, 3, 1), (13,)])
def test_accumulated_steps_are_those_of_whole_groups(sizes):
    ends = np.cumsum(sizes)
    batches = [(X[end - size : end], Y[end - size : end]) for end, size in zip(ends, sizes, strict=True)]
    groups = [tuple(map(np.concatenate, zip(*batches[i : i + 2], strict=True))) for i in range(0, len(batches), 2)]
    model = linear()
    losses = train_with_accumulation(model, keras.optimizers.SGD(0.05), squares, batches, 2, epochs=2)
    expected, kernel = descend(groups * 2, 0.05)
    np.testing.assert_allclose(losses, expected, rtol=1e-5)
    np.testing.assert_allclose(model.get_weights()[0], kernel, rtol=1e-4, atol=1e-6)


def test_what_the_loss_does_not_reach_is_not_even_decayed():
    first = keras.Input((3,))
    spare = keras.layers.Dense(2, name="spare")
    model = keras.Model(first, [keras.layers.Dense(2)(first), spare(first)])
    before = spare.get_weights()
    optimizer = keras.optimizers.SGD(0.1, weight_decay=0.5)
    train_with_accumulation(model, optimizer, lambda y, p: squares(y, p[0]), [(X, Y)], 1)
    np.testing.assert_array_equal(spare.get_weights()[0], before[0])


@pytest.mark.parametrize("wrap", [lambda function: function, tf.function])
def test_a_checkpointed_block_has_its_gradients_and_runs_twice(wrap):
    model, runs = linear(), []

    def block(x):
        with tf.control_dependencies([tf.numpy_function(lambda: runs.append(1), [], [])]):
            return tf.tanh(model(x))

    @wrap
    def slopes(x, function):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(tf.square(function(x)))
        return tape.gradient(loss, [x, model.trainable_variables[0].value])

    expected = slopes(tf.constant(X), lambda x: tf.tanh(model(x)))
    for got, want in zip(slopes(tf.constant(X), checkpointed(block)), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)
    assert len(runs) == 2


@pytest.mark.parametrize("drop", [False, True])
@pytest.mark.parametrize("size", [1, 3, 4, 20])
def test_batches_cross_files(size, drop):
    files = {name: RNG.standard_normal((rows, 2)) for name, rows in zip("abcde", (4, 0, 1, 7, 1), strict=True)}
    rows = np.concatenate(list(files.values()))
    batches = list(stream_batches(list(files), size, files.get, drop_remainder=drop))
    whole = len(rows) - len(rows) % size
    expected = [rows[start : start + size] for start in range(0, whole if drop else len(rows), size)]
    assert len(batches) == len(expected)
    for got, want in zip(batches, expected, strict=True):
        np.testing.assert_array_equal(got, want)


def test_files_are_opened_late_and_let_go_early():
    opened, references = [], []

    def load(path):
        opened.append(path)
        rows = np.full((4, 1), path)
        references.append(weakref.ref(rows))
        return rows

    stream = stream_batches([1.0, 2.0, 3.0], 2, load)
    assert opened == []
    kept = [next(stream), next(stream)]
    assert opened == [1.0]
    kept.append(next(stream))
    assert opened == [1.0, 2.0]
    assert references[0]() is None
    kept[0][:] = 9
    assert (kept[1] == 1).all()


@pytest.mark.parametrize(("drop", "shape", "count"), [(False, [None, 2], 3), (True, [3, 2], 2)])
def test_a_streamed_dataset_has_epochs(drop, shape, count):
    files = {"a": np.ones((5, 2)), "b": np.zeros((3, 2))}
    dataset = stream_dataset(list(files), 3, files.get, (2,), "float32", drop_remainder=drop)
    assert dataset.element_spec == tf.TensorSpec(shape, tf.float32)
    assert [len(list(dataset)) for _ in range(2)] == [count, count]
