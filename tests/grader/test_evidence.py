"""Evidence about functions: gradients, traces, graphs, XLA, sizes. Each tells right implementations from wrong ones."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from grader.evidence import (
    STEP_FLOAT32,
    Recorder,
    asks_for_xla,
    at_unknown_sizes,
    both_ways,
    compiled,
    distance,
    numeric_gradient,
    numeric_gradient_of_variables,
    ragged_batches,
    symbolic_shape,
    tape_gradient,
    tape_gradient_of_variables,
    trace_count,
)

keras = tf.keras
RNG = np.random.default_rng(5)


def smooth(x, y):
    return tf.reduce_sum(tf.sin(x) * y**2)


@tf.custom_gradient
def doubled_slope(x):
    """The right value with a wrong gradient."""
    return x**2, lambda upstream: upstream * 4.0 * x


def test_slopes_agree_with_the_tape_and_with_the_derivative() -> None:
    x, y = RNG.normal(size=(3, 2)), RNG.normal(size=(3, 2))
    slopes = numeric_gradient(smooth, x, y)
    np.testing.assert_allclose(slopes[0], np.cos(x) * y**2, atol=1e-8)
    np.testing.assert_allclose(slopes[1], np.sin(x) * 2 * y, atol=1e-8)
    assert distance(tape_gradient(smooth, x, y), slopes) < 1e-8


def test_slopes_reveal_a_wrong_gradient() -> None:
    x = RNG.normal(size=4) + 3.0
    assert distance(tape_gradient(doubled_slope, x), numeric_gradient(lambda x: tf.reduce_sum(x**2), x)) > 1.0


def test_slopes_of_a_function_in_float32_need_the_longer_step() -> None:
    x = np.linspace(0.5, 2.0, 5)
    (slopes,) = numeric_gradient(lambda x: tf.reduce_sum(tf.cast(x, tf.float32) ** 3), x, step=STEP_FLOAT32)
    np.testing.assert_allclose(slopes, 3 * x**2, rtol=2e-3)


def test_what_the_result_does_not_depend_on_has_no_gradient() -> None:
    first, second = tape_gradient(lambda x, y: tf.reduce_sum(tf.stop_gradient(x) * y), np.ones(2), np.ones(2))
    assert first is None
    assert second is not None


def test_slopes_need_one_number() -> None:
    with pytest.raises(ValueError, match="returns one number"):
        numeric_gradient(lambda x: x, np.ones(2))


def test_variables_of_a_model_get_slopes_and_keep_their_values() -> None:
    layer = keras.layers.Embedding(4, 2)
    ids = np.array([[1, 1, 3]])
    layer(ids)
    before = layer.get_weights()
    slopes = numeric_gradient_of_variables(lambda: tf.reduce_sum(layer(ids) ** 2), layer.weights)
    taped = tape_gradient_of_variables(lambda: tf.reduce_sum(layer(ids) ** 2), layer.weights)
    assert distance(slopes, [4 * before[0] * [[0], [1], [0], [0.5]]]) < 2e-3
    assert distance(slopes, taped) < 2e-3  # row 1 occurs twice: its two slices are added up
    assert distance(layer.get_weights(), before) == 0


def recorded_model() -> tuple[keras.Model, Recorder]:
    recorder = Recorder()
    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Dense(1)(recorder(inputs)))
    recorder.seen.forget()
    return model, recorder


def test_a_recorder_sees_what_fit_feeds() -> None:
    model, recorder = recorded_model()
    model.compile("sgd", "mse")
    x = RNG.normal(size=(10, 2)).astype("float32")
    model.fit(x, x[:, :1], batch_size=4, epochs=2, shuffle=False, verbose=0)
    assert recorder.seen.rows == [4, 4, 2] * 2
    assert recorder.seen.executions == 6
    assert 1 <= recorder.seen.traces <= 3
    np.testing.assert_array_equal(np.concatenate(recorder.seen.inputs), np.concatenate([x, x]))


def test_a_recorder_lets_gradients_and_values_through() -> None:
    model, _ = recorded_model()
    x = RNG.normal(size=(3, 2)).astype("float32")
    np.testing.assert_allclose(model(x), x @ model.get_weights()[0], rtol=1e-5)
    (slopes,) = tape_gradient(lambda x: tf.reduce_sum(model(x)), x)
    np.testing.assert_allclose(slopes, np.tile(model.get_weights()[0].T, (3, 1)), rtol=1e-5)


@pytest.mark.skipif(not hasattr(keras, "random"), reason="Keras 2 compiles whatever it is told to")
def test_keras_does_not_compile_a_recorder_by_xla() -> None:
    model, recorder = recorded_model()
    with pytest.warns(UserWarning, match="jit_compile"):
        model.compile("sgd", "mse", jit_compile=True)
    model.fit(np.ones((3, 2)), np.ones((3, 1)), verbose=0)
    assert recorder.seen.rows == [3]


@pytest.mark.parametrize(("signature", "traces"), [([tf.TensorSpec((None, 2))], 1), (None, 3)])
def test_traces_are_counted_over_ragged_batches(signature, traces) -> None:
    model, recorder = recorded_model()
    step = tf.function(lambda x: tf.reduce_sum(model(x)), input_signature=signature)
    for batch in ragged_batches(RNG.normal(size=(9, 2)).astype("float32"), sizes=(5, 3, 1)):
        step(batch)
    assert trace_count(step) == recorder.seen.traces == traces
    assert recorder.seen.rows == [5, 3, 1]


def test_only_a_tf_function_has_traces() -> None:
    with pytest.raises(TypeError, match=r"expected a tf\.function"):
        trace_count(smooth)


def test_ragged_batches_are_exactly_those() -> None:
    x, y = np.arange(6.0), np.arange(6)
    batches = list(ragged_batches(x, y, sizes=(4, 1)))
    assert [(one.numpy().tolist(), two.numpy().tolist()) for one, two in batches] == [
        ([0.0, 1.0, 2.0, 3.0], [0, 1, 2, 3]),
        ([4.0], [4]),
    ]
    with pytest.raises(ValueError, match="at least 7 rows"):
        ragged_batches(x, y, sizes=(4, 3))


def test_graph_and_eager_are_told_apart() -> None:
    x = np.float32([1, 2])
    assert distance(*both_ways(keras.layers.ReLU(), x).values()) == 0
    assert distance(*both_ways(lambda x: x if tf.executing_eagerly() else -x, x).values()) == 4
    assert distance(*both_ways(tf.function(lambda x: x if tf.executing_eagerly() else -x), x).values()) == 4


def test_what_xla_can_not_compile_is_said() -> None:
    x = np.float32([1, 4])
    right = compiled(tf.sqrt, x)
    assert right["compiles"]
    np.testing.assert_allclose(right["output"], [1, 2])
    wrong = compiled(lambda x: tf.numpy_function(np.sqrt, [x], tf.float32), x)
    assert not wrong["compiles"]
    assert wrong["output"] is None
    assert wrong["trouble"]


def test_whether_a_solution_asks_for_xla() -> None:
    x = np.float32([1, 4])
    assert asks_for_xla(tf.function(tf.sqrt, jit_compile=True), x)
    assert not asks_for_xla(tf.function(tf.sqrt), x)
    assert not asks_for_xla(tf.sqrt, x)


def test_sizes_that_are_unknown_while_tracing() -> None:
    short, long = np.ones((2, 3, 2), np.float32), np.ones((4, 5, 2), np.float32)
    seen = at_unknown_sizes(lambda x: tf.reduce_sum(x, 1), (short,), (long,), free=(0, 1))
    assert seen["shapes"] == [None, 2]
    assert seen["traces"] == 1
    assert [output.shape for output in seen["outputs"]] == [(2, 2), (4, 2)]
    with pytest.raises((TypeError, ValueError)):  # a size that Python needs
        at_unknown_sizes(lambda x: sum(x[:, step] for step in range(x.shape[1])), (short,), (long,), free=(0, 1))


def test_shapes_that_keras_works_out() -> None:
    assert symbolic_shape(keras.layers.Dense(4), (None, 3)) == [None, None, 4]
    assert symbolic_shape(keras.layers.Flatten(), (2, 3)) == [None, 6]
