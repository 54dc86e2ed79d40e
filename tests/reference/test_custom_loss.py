"""The reference losses against NumPy and finite differences."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference.custom_loss import FocalLoss, custom_mse, weighted_bce

Y = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0]], "float64")
P = np.array([[0.9, 0.2, 0.4], [0.6, 0.05, 0.5], [0.3, 0.99, 0.1], [0.7, 0.8, 0.35]], "float64")
Z = np.log(P / (1 - P))
UNFIT = [
    ((4, 2), (4, 3)),
    ((4, 1), (4, 3)),
    ((1, 3), (4, 3)),
    ((3,), (4, 3)),
    ((3,), (4, 1)),
    ((3, 1), (4, 1)),
    ((), (4, 1)),
]


def focal_by_hand(y, p, gamma, alpha):
    """Element by element, as the paper writes it."""
    losses = np.empty(y.shape)
    for index in np.ndindex(y.shape):
        p_t, alpha_t = (p[index], alpha) if y[index] == 1 else (1 - p[index], 1 - alpha)
        losses[index] = -alpha_t * (1 - p_t) ** gamma * np.log(p_t)
    return losses


def slopes(function, point, step=1e-6):
    """The gradient of the sum of a function's values by central differences."""
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        above, below = point.copy(), point.copy()
        above[index] += step
        below[index] -= step
        gradient[index] = np.sum(function(above) - function(below)) / (2 * step)
    return gradient


def values_and_gradients(loss, y, prediction):
    prediction = tf.constant(prediction)
    with tf.GradientTape() as tape:
        tape.watch(prediction)
        values = loss(y, prediction)
    return values.numpy(), tape.gradient(values, prediction).numpy()


def model_of(loss):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(0.1), loss=loss, jit_compile=False)
    return model


ALL = {
    "custom_mse": lambda: custom_mse,
    "FocalLoss.call": lambda: FocalLoss().call,
    "weighted_bce": lambda: weighted_bce({0: 1.0, 1: 2.0}),
}


@pytest.fixture(params=ALL)
def loss(request):
    return ALL[request.param]()


@pytest.mark.parametrize("shape", [(6, 1), (5, 3), (2, 4, 3)])
def test_there_is_one_value_per_sample(loss, shape):
    assert loss(np.ones(shape, "float32"), np.full(shape, 0.5, "float32")).shape == shape[:-1]


@pytest.mark.parametrize(("dtype", "expected"), [("float32", "float32"), ("float64", "float64"), ("int32", "float32")])
def test_the_predictions_decide_the_dtype(loss, dtype, expected):
    assert loss(Y.astype("int64"), P.astype(dtype)).dtype == expected


@pytest.mark.parametrize("dtype", ["int32", "float64", "uint8", "bool"])
def test_labels_may_be_of_any_type(loss, dtype):
    expected = loss(Y.astype("float32"), P.astype("float32"))
    np.testing.assert_array_equal(loss(Y.astype(dtype), P.astype("float32")), expected)


@pytest.mark.parametrize("shape", [(12, 1), (3, 4, 1)])
def test_labels_may_lack_a_last_axis_of_one(loss, shape):
    y, p = Y.reshape(shape), P.reshape(shape)
    np.testing.assert_array_equal(loss(y[..., 0], p), loss(y, p))


@pytest.mark.parametrize(("labels", "predictions"), UNFIT)
def test_nothing_broadcasts(loss, labels, predictions):
    with pytest.raises(ValueError, match="Received"):
        loss(np.zeros(labels, "float32"), np.full(predictions, 0.5, "float32"))


def test_an_unknown_axis_fits_while_tracing(loss):
    traced = tf.function(loss, input_signature=[tf.TensorSpec((None, None)), tf.TensorSpec((None, 3))])
    y, p = Y.astype("float32"), P.astype("float32")
    np.testing.assert_allclose(traced(y, p), loss(y, p), rtol=1e-6)


def test_mse_is_the_mean_of_squares():
    np.testing.assert_allclose(custom_mse(Y, P), np.mean((Y - P) ** 2, axis=1), rtol=1e-12)


@pytest.mark.parametrize(("gamma", "alpha"), [(2.0, 0.25), (0.0, 0.5), (0.5, 0.9), (3.0, 0.0), (1.0, 1.0)])
def test_focal_is_the_formula_of_the_paper(gamma, alpha):
    expected = focal_by_hand(Y, P, gamma, alpha).mean(axis=1)
    np.testing.assert_allclose(FocalLoss(gamma, alpha).call(Y, P), expected, rtol=1e-9)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_is_the_same_from_logits(gamma):
    expected = focal_by_hand(Y, P, gamma, 0.25).mean(axis=1)
    np.testing.assert_allclose(FocalLoss(gamma, from_logits=True).call(Y, Z), expected, rtol=1e-9)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_gradients_of_logits_are_slopes(gamma):
    _, gradients = values_and_gradients(FocalLoss(gamma, from_logits=True).call, Y, Z)
    expected = slopes(lambda z: focal_by_hand(Y, 1 / (1 + np.exp(-z)), gamma, 0.25).mean(axis=1), Z)
    np.testing.assert_allclose(gradients, expected, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_gradients_of_probabilities_are_slopes(gamma):
    _, gradients = values_and_gradients(FocalLoss(gamma).call, Y, P)
    expected = slopes(lambda p: focal_by_hand(Y, p, gamma, 0.25).mean(axis=1), P)
    np.testing.assert_allclose(gradients, expected, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_extreme_logits_keep_their_gradient(gamma):
    y, z = np.float32([[0], [1], [1], [0]]), np.float32([[60], [-60], [90], [-90]])
    values, gradients = values_and_gradients(FocalLoss(gamma, 0.25, from_logits=True).call, y, z)
    np.testing.assert_allclose(values, [0.75 * 60, 0.25 * 60, 0, 0], atol=1e-6)
    np.testing.assert_allclose(gradients[:, 0], [0.75, -0.25, 0, 0], atol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("loss", [FocalLoss(0.0, 0.5), FocalLoss(0.5, 0.5), FocalLoss(2.0, 0.5)])
def test_saturated_probabilities_stay_finite(loss, dtype):
    y, p = np.array([[1], [0], [1], [0]], dtype), np.array([[0], [1], [1], [0]], dtype)
    values, gradients = values_and_gradients(loss.call, y, p)
    np.testing.assert_allclose(values, [8, 8, 0, 0], atol=0.1)
    assert np.isfinite(gradients).all()


def test_focal_turns_down_what_is_easy():
    y, p = [[1.0], [1.0]], [[0.9], [0.1]]
    easy, hard = FocalLoss(2.0).call(y, p) / FocalLoss(0.0).call(y, p)
    np.testing.assert_allclose([easy, hard], [0.01, 0.81], rtol=1e-5)


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "none", None])
def test_focal_leaves_reduction_to_keras(reduction):
    weights = np.array([0.5, 2.0, 0.0, 1.0])
    weighted = focal_by_hand(Y, P, 2.0, 0.25).mean(axis=1) * weights
    expected = {"sum_over_batch_size": weighted.mean(), "sum": weighted.sum()}.get(reduction, weighted)
    np.testing.assert_allclose(FocalLoss(reduction=reduction)(Y, P, sample_weight=weights), expected, rtol=1e-5)


def test_focal_comes_back_from_json():
    loss = FocalLoss(1.5, 0.6, from_logits=True, reduction="sum", name="mine", dtype="float64")
    copy = keras.losses.deserialize(json.loads(json.dumps(keras.losses.serialize(loss))))
    assert isinstance(copy, FocalLoss)
    assert (
        copy.get_config()
        == loss.get_config()
        == {
            "gamma": 1.5,
            "alpha": 0.6,
            "from_logits": True,
            "reduction": "sum",
            "name": "mine",
            "dtype": "float64",
        }
    )


@pytest.mark.parametrize("settings", [{"gamma": -0.1}, {"gamma": float("nan")}, {"alpha": 1.5}, {"alpha": -0.1}])
def test_focal_refuses_impossible_settings(settings):
    with pytest.raises(ValueError, match="Received"):
        FocalLoss(**settings)


@pytest.mark.parametrize("weights", [{0: 1.0, 1: 5.0}, {0: 0.2, 1: 1}, {0: 3, 1: 0}])
def test_weights_belong_to_elements(weights):
    crossentropy = -(Y * np.log(P) + (1 - Y) * np.log(1 - P))
    expected = np.mean(np.where(Y == 1, weights[1], weights[0]) * crossentropy, axis=1)
    np.testing.assert_allclose(weighted_bce(weights)(Y, P), expected, rtol=1e-9)
    np.testing.assert_allclose(weighted_bce(weights, from_logits=True)(Y, Z), expected, rtol=1e-9)


def test_weighted_gradients_of_logits_are_slopes():
    _, gradients = values_and_gradients(weighted_bce({0: 0.5, 1: 4.0}, from_logits=True), Y, Z)
    weight = np.where(Y == 1, 4.0, 0.5)
    np.testing.assert_allclose(gradients, weight * (P - Y) / 3, rtol=1e-9)


@pytest.mark.parametrize(
    "weights", [{}, {0: 1.0}, {1: 1.0}, {0: -1.0, 1: 1.0}, {0: 1.0, 1: "heavy"}, {0: float("nan"), 1: 1.0}]
)
def test_each_class_needs_a_weight(weights):
    with pytest.raises(ValueError, match="class_weights"):
        weighted_bce(weights)


def test_weights_are_read_once():
    weights = {0: 1.0, 1: 1.0}
    loss = weighted_bce(weights)
    before = loss(Y, P)
    weights[1] = 9.0
    np.testing.assert_array_equal(loss(Y, P), before)


@pytest.mark.parametrize("make", [lambda: custom_mse, FocalLoss, lambda: weighted_bce({0: 1.0, 1: 2.0})])
def test_a_sample_of_weight_zero_teaches_nothing(make):
    x, y = np.float32([[1, 2], [3, -1], [0, 1]]), np.float32([1, 0, 1])
    seen, hidden = model_of(make()), model_of(make())
    seen.fit(x[:2], y[:2], sample_weight=np.float32([1, 2]) * 2 / 3, verbose=0)
    hidden.fit(x, y, sample_weight=np.float32([1, 2, 0]), verbose=0)
    for one, other in zip(seen.get_weights(), hidden.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)


@pytest.mark.parametrize("loss", [FocalLoss(1.0, 0.7), custom_mse])
def test_a_compiled_model_finds_its_loss_again(loss, tmp_path):
    x, y = np.float32([[1, 2], [3, -1], [0, 1]]), np.float32([1, 0, 1])
    model = model_of(loss)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.evaluate(x, y, verbose=0) == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-6)
