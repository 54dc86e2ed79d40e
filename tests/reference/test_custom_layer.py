"""The reference layer against NumPy and finite differences."""

import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from reference.custom_layer import CustomDenseLayer

KERNEL = np.array([[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5]], "float32")
BIAS = np.array([0.1, -0.2], "float32")


@pytest.fixture
def rng() -> np.random.Generator:
    tf.keras.utils.set_random_seed(5)
    return np.random.default_rng(5)


def layer_with(kernel=KERNEL, bias=BIAS, **kwargs):
    layer = CustomDenseLayer(kernel.shape[1], **kwargs)
    layer.build((None, kernel.shape[0]))
    layer.set_weights([kernel] if bias is None else [kernel, bias])
    return layer


def penalty(layer) -> float:
    return float(sum(float(loss) for loss in layer.losses))


def slope(function, point, step=1e-6):
    """The gradient of a scalar function by central differences, in float64."""
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        above, below = point.copy(), point.copy()
        above[index] += step
        below[index] -= step
        gradient[index] = (function(above) - function(below)) / (2 * step)
    return gradient


def test_it_multiplies_adds_and_activates(rng):
    x = rng.normal(size=(7, 3)).astype("float32")
    expected = np.maximum(x @ KERNEL + BIAS, 0)
    np.testing.assert_allclose(layer_with(activation="relu")(x), expected, rtol=1e-5, atol=1e-6)


def test_it_does_what_the_statement_shows():
    layer = CustomDenseLayer(2, activation="relu", l2=0.1)
    layer(tf.zeros((1, 3)))
    kernel = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, -1.0]])
    layer.set_weights([kernel, np.array([0.5, -0.5])])
    np.testing.assert_allclose(layer(tf.constant([[1.0, 2.0, 3.0]])), [[4.5, 0.0]])
    assert penalty(layer) == pytest.approx(0.4)


@pytest.mark.parametrize("shape", [(4, 3), (2, 5, 3), (2, 1, 6, 3)])
def test_it_contracts_only_the_last_axis(rng, shape):
    x = rng.normal(size=shape).astype("float32")
    expected = np.einsum("...i,ij->...j", x, KERNEL) + BIAS
    np.testing.assert_allclose(layer_with()(x), expected, rtol=1e-5, atol=1e-6)


def test_it_works_where_only_the_last_axis_is_known(rng):
    layer = layer_with()
    run = tf.function(lambda x: layer(x), input_signature=[tf.TensorSpec((None, None, 3))])  # noqa: PLW0108
    x = rng.normal(size=(2, 4, 3)).astype("float32")
    np.testing.assert_allclose(run(x), x @ KERNEL + BIAS, rtol=1e-5, atol=1e-6)


def test_it_takes_integers_as_numbers():
    x = np.array([[1, -2, 3], [0, 4, -5]], "int32")
    output = layer_with(dtype="float64")(x)
    assert output.dtype == tf.float64
    np.testing.assert_allclose(output, x @ KERNEL.astype("float64") + BIAS, rtol=1e-7)


def test_its_gradients_are_the_finite_differences(rng):
    x, weight = rng.normal(size=(2, 4, 3)), rng.normal(size=(2, 4, 2))
    layer = layer_with(activation="tanh", dtype="float64")
    kernel, bias = (np.asarray(value) for value in layer.get_weights())
    inputs = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        loss = tf.reduce_sum(layer(inputs) * weight)
    gradients = tape.gradient(loss, [inputs, *layer.trainable_variables])

    def value(x=x, kernel=kernel, bias=bias):
        return float(np.sum(np.tanh(x @ kernel + bias) * weight))

    wanted = [
        slope(lambda point: value(x=point), x),
        slope(lambda point: value(kernel=point), kernel),
        slope(lambda point: value(bias=point), bias),
    ]
    for got, want in zip(gradients, wanted, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-8)


def test_it_has_no_weights_before_it_is_built():
    assert CustomDenseLayer(4).weights == []


def test_it_creates_its_weights_once(rng):
    layer = CustomDenseLayer(4)
    layer(rng.normal(size=(2, 3)))
    first = [id(variable) for variable in layer.weights]
    layer(rng.normal(size=(5, 3)))
    assert [id(variable) for variable in layer.weights] == first
    assert [(variable.name, tuple(variable.shape)) for variable in layer.weights] == [
        ("kernel", (3, 4)),
        ("bias", (4,)),
    ]


def test_its_kernel_starts_glorot_uniform(rng):
    layer = CustomDenseLayer(80)
    layer.build((None, 120))
    kernel, bias = layer.get_weights()
    limit = np.sqrt(6 / (120 + 80))
    assert 0.99 * limit < np.abs(kernel).max() <= limit * 1.000001
    assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.03)
    assert not bias.any()


def test_it_states_its_output_shape_without_building():
    layer = CustomDenseLayer(4)
    assert layer.compute_output_shape((None, 5, 3)) == (None, 5, 4)
    assert not layer.built


def test_its_penalty_is_the_sum_of_squares():
    assert penalty(layer_with(l2=0.1)) == pytest.approx(0.1 * float(np.sum(KERNEL**2)), rel=1e-6)


def test_its_penalty_counts_once_for_a_shared_layer(rng):
    square = rng.normal(size=(3, 3)).astype("float32")
    layer = layer_with(square, np.zeros(3, "float32"), l2=0.1)
    inputs = tf.keras.Input((3,))
    model = tf.keras.Model(inputs, layer(layer(inputs)))
    model(rng.normal(size=(2, 3)))
    assert penalty(model) == pytest.approx(0.1 * float(np.sum(square**2)), rel=1e-6)


@pytest.mark.parametrize("kwargs", [{"l2": 0.0}, {"l2": 0.1, "trainable": False}])
def test_it_has_no_penalty_when_off_or_frozen(kwargs):
    assert penalty(layer_with(**kwargs)) == 0.0


def test_its_penalty_does_not_overflow_float16():
    large = KERNEL * 300
    layer = layer_with(large, l2=0.01, dtype="mixed_float16")
    assert penalty(layer) == pytest.approx(0.01 * float(np.sum(large.astype("float64") ** 2)), rel=1e-5)


def test_a_step_of_training_follows_loss_and_penalty(rng):
    x, y = rng.normal(size=(6, 3)).astype("float32"), rng.normal(size=(6, 2)).astype("float32")
    model = tf.keras.Sequential([tf.keras.Input((3,)), CustomDenseLayer(2, l2=0.2)])
    model.set_weights([KERNEL, BIAS])
    model.compile(tf.keras.optimizers.SGD(0.1), loss="mse", jit_compile=False)
    model.fit(x, y, batch_size=6, epochs=1, verbose=0)
    error = 2 * (x @ KERNEL + BIAS - y) / y.size
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(kernel, KERNEL - 0.1 * (x.T @ error + 2 * 0.2 * KERNEL), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(bias, BIAS - 0.1 * error.sum(axis=0), rtol=1e-5, atol=1e-6)


def test_its_configuration_survives_json():
    layer = layer_with(
        bias=None, activation="elu", use_bias=False, l2=0.5, name="mine", dtype="float64", trainable=False
    )
    copy = CustomDenseLayer.from_config(json.loads(json.dumps(layer.get_config())))
    assert (copy.units, copy.use_bias, copy.l2, copy.name, copy.trainable) == (2, False, 0.5, "mine", False)
    assert copy.dtype_policy.name == "float64"
    assert copy.activation is tf.keras.activations.elu


def test_it_loads_without_custom_objects(tmp_path: Path, rng):
    model = tf.keras.Sequential([tf.keras.Input((5, 3)), layer_with(activation="relu", l2=0.1)])
    model.save(tmp_path / "model.keras")
    loaded = tf.keras.models.load_model(tmp_path / "model.keras")
    x = rng.normal(size=(2, 5, 3)).astype("float32")
    assert type(loaded.layers[0]) is CustomDenseLayer
    np.testing.assert_allclose(loaded(x), np.maximum(x @ KERNEL + BIAS, 0), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("policy", "output", "variable"), [("mixed_float16", "float16", "float32"), ("float64",) * 3])
def test_it_follows_the_dtype_policy(rng, policy, output, variable):
    layer = layer_with(dtype=policy)
    assert layer(rng.normal(size=(2, 3)).astype("float32")).dtype == output
    assert {one.dtype for one in layer.weights} == {variable}


def test_a_mask_goes_through(rng):
    table = rng.normal(size=(6, 3)).astype("float32")
    embedding, pool = tf.keras.layers.Embedding(6, 3, mask_zero=True), tf.keras.layers.GlobalAveragePooling1D()
    model = tf.keras.Sequential([tf.keras.Input((None,), dtype="int32"), embedding, CustomDenseLayer(2), pool])
    model.set_weights([table, KERNEL, BIAS])
    expected = (table[[4, 1]] @ KERNEL + BIAS).mean(axis=0)
    np.testing.assert_allclose(model(tf.constant([[4, 1, 0, 0, 0]]))[0], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "arguments",
    [
        {"units": 0},
        {"units": -1},
        {"units": 2.5},
        {"units": "4"},
        {"units": 4, "l2": -0.1},
        {"units": 4, "l2": float("nan")},
        {"units": 4, "activation": "no_such_activation"},
    ],
)
def test_it_refuses_bad_arguments(arguments):
    with pytest.raises(ValueError):
        CustomDenseLayer(**arguments)


def test_it_stays_of_use_after_an_input_without_rank_or_width():
    layer = CustomDenseLayer(2)
    with pytest.raises(ValueError, match="min_ndim=2"):
        layer(np.zeros(5, "float32"))
    with pytest.raises(ValueError, match="must be known"):
        layer(tf.keras.Input((None,)))
    assert layer(np.zeros((4, 3), "float32")).shape == (4, 2)


def test_it_stays_of_use_after_an_input_of_another_width():
    layer = layer_with()
    with pytest.raises(ValueError, match="expected axis -1"):
        layer(np.zeros((4, 5), "float32"))
    assert layer(np.zeros((4, 3), "float32")).shape == (4, 2)
