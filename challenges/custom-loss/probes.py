"""What is looked at: values, gradients and refusals of three losses, alone and inside a model."""

import json

import keras
import numpy as np
import tensorflow as tf

from grader.probing import f32, probe, raised, scratch


def labels(rng, *shape):
    """Zeros and ones as float32, both of them present."""
    return rng.permutation(np.arange(np.prod(shape)) % 2).reshape(shape).astype("float32")


def probs(rng, *shape):
    return rng.uniform(0.02, 0.98, shape).astype("float32")


def values_and_gradients(loss, y_true, y_pred):
    """One value per sample, and how their sum changes with each prediction."""
    y_pred = tf.constant(y_pred)
    with tf.GradientTape() as tape:
        tape.watch(y_pred)
        values = loss(y_true, y_pred)
    return {"values": values, "gradients": tape.gradient(values, y_pred)}


@probe("mse_values")
def mse_values(solution, rng):
    """The mean over the last axis, one value per sample, in the dtype of the predictions."""
    mse = solution.custom_mse
    shapes = {"column": (6, 1), "matrix": (5, 3), "steps": (2, 4, 3)}
    seen = {name: mse(f32(rng, *shape), f32(rng, *shape)) for name, shape in shapes.items()}
    numbers, whole = f32(rng, 5, 3), rng.integers(-3, 4, (5, 3)).astype("int32")
    return seen | {
        "int32_labels": mse(whole, numbers),
        "float64_labels": mse(tf.constant(whole, "float64"), tf.constant(numbers)),
        "float64_predictions": mse(numbers, rng.normal(size=(5, 3))),
        "int32_predictions": mse(numbers, whole),
    }


@probe("mse_shapes")
def mse_shapes(solution, rng):
    """Labels may lack a last axis of size 1; every other difference is refused."""
    mse = solution.custom_mse
    pairs = [((4, 2), (4, 3)), ((4, 1), (4, 3)), ((1, 3), (4, 3)), ((4,), (4, 1)), ((3,), (4, 3)), ((3,), (4, 1))]
    return {
        "flat_labels": mse(f32(rng, 6), f32(rng, 6, 1)),
        "flat_steps": mse(tf.constant(f32(rng, 2, 3)), tf.constant(f32(rng, 2, 3, 1))),
        "outcomes": [raised(mse, f32(rng, *true), f32(rng, *pred)) for true, pred in pairs],
    }


@probe("focal_values")
def focal_values(solution, rng):
    """The formula of the focal loss: one value per sample from `call`, one number from the loss itself."""
    seen = {}
    for gamma, alpha in [(2.0, 0.25), (0.0, 0.5), (0.5, 0.9), (3.0, 0.0)]:
        loss = solution.FocalLoss(gamma=gamma, alpha=alpha)
        for name, shape in {"column": (12, 1), "matrix": (5, 3)}.items():
            y, p = labels(rng, *shape), probs(rng, *shape)
            seen[f"{name}, gamma {gamma}, alpha {alpha}"] = {"loss": loss(y, p), "samples": loss.call(y, p)}
    y, p = labels(rng, 12, 1), probs(rng, 12, 1)
    seen["defaults"] = solution.FocalLoss()(y, p)
    seen["float64_predictions"] = solution.FocalLoss(0.5, 0.9).call(y, p.astype("float64"))
    return seen


@probe("focal_reduction")
def focal_reduction(solution, rng):
    """Every reduction does what it does for the losses of Keras."""
    y, p, weight = labels(rng, 9, 1), probs(rng, 9, 1), rng.uniform(0.1, 3.0, 9).astype("float32")
    seen = {}
    for reduction in ("sum_over_batch_size", "sum", "none", None):
        loss = solution.FocalLoss(reduction=reduction)
        seen[str(reduction)] = {
            "plain": loss(y, p),
            "sample_weight": loss(y, p, sample_weight=weight),
            "flat_labels": loss(y[:, 0], p),
            "int64_labels": loss(y.astype("int64"), p, sample_weight=weight),
        }
    return seen


@probe("focal_logits")
def focal_logits(solution, rng):
    """Logits are never turned into probabilities that have lost their last digits."""
    y, z = labels(rng, 8, 1), 3 * f32(rng, 8, 1)
    extreme_y = np.float32([[0], [1], [1], [0]])
    extreme_z = np.float32([[60], [-60], [90], [-90]])
    seen = {}
    for gamma in (2.0, 0.0, 0.5):
        loss = solution.FocalLoss(gamma=gamma, from_logits=True)
        seen[f"gamma {gamma}"] = {
            "random": values_and_gradients(loss.call, y, z),
            "extreme": values_and_gradients(loss.call, extreme_y, extreme_z),
            "reduced": loss(y, z),
        }
    return seen


@probe("focal_saturated")
def focal_saturated(solution, rng):
    """The first two predictions are certain and wrong, the last two certain and right. `scale` is each one's weight."""
    y, p = np.float32([[1], [0], [1], [0]]), np.float32([[0], [1], [1], [0]])
    halves = np.float32([0.5] * 4)
    seen = {
        f"gamma {gamma}": values_and_gradients(solution.FocalLoss(gamma, 0.5).call, y, p) | {"scale": halves}
        for gamma in (2.0, 0.5, 0.0)
    }
    alpha = solution.FocalLoss(2.0, 0.25).call
    seen["float64"] = values_and_gradients(alpha, y, p.astype("float64")) | {"scale": np.float32([0.25, 0.75] * 2)}
    weighted = solution.weighted_bce({0: 2.0, 1: 3.0})
    seen["weighted_bce"] = values_and_gradients(weighted, y, p) | {"scale": np.float32([3, 2, 3, 2])}
    return seen


@probe("focal_config")
def focal_config(solution, rng):
    """A loss comes back from JSON with all of its settings, and impossible settings are refused."""
    original = solution.FocalLoss(gamma=1.5, alpha=0.6, from_logits=True, reduction="sum", name="mine")
    config = json.loads(json.dumps(original.get_config()))
    serialized = json.loads(json.dumps(keras.losses.serialize(original)))
    copies = {
        "from_config": solution.FocalLoss.from_config(config),
        "deserialize": keras.losses.deserialize(serialized),
    }
    y, z = labels(rng, 7, 1), f32(rng, 7, 1)
    settings = [(-1.0, 0.25), (-0.01, 0.25), (0.0, 0.0), (2.0, 1.5), (2.0, -0.1), (0.0, 1.0)]
    return {
        "copies": {
            name: {
                "value": copy(y, z),
                "name": str(copy.name),
                "reduction": str(copy.reduction),
                "gamma": float(copy.get_config()["gamma"]),
                "alpha": float(copy.get_config()["alpha"]),
                "from_logits": bool(copy.get_config()["from_logits"]),
            }
            for name, copy in copies.items()
        },
        "outcomes": [raised(solution.FocalLoss, gamma, alpha) for gamma, alpha in settings],
    }


@probe("weighted_values")
def weighted_values(solution, rng):
    """Each sample's cross-entropy times the weight of its class."""
    seen = {}
    for zero, one in [(1, 5), (0.2, 1.0), (3.0, 0.0)]:
        loss = solution.weighted_bce({0: zero, 1: one})
        y, p = labels(rng, 12, 1), probs(rng, 12, 1)
        seen[f"weights {zero} and {one}"] = {
            "column": loss(y, p),
            "flat_labels": loss(y[:, 0], p),
            "int32_labels": loss(y.astype("int32"), p),
            "float64_predictions": loss(y, p.astype("float64")),
        }
    return seen


@probe("weighted_multilabel")
def weighted_multilabel(solution, rng):
    """Every label of a sample has its own weight, also while shapes are known only in part."""
    weights = {0: 0.5, 1: 4.0}
    loss = solution.weighted_bce(weights, from_logits=True)
    traced = tf.function(loss)
    open_ended = tf.function(loss, input_signature=[tf.TensorSpec((None, 4))] * 2)
    return {
        "matrix": traced(labels(rng, 6, 4), 30 * f32(rng, 6, 4)),
        "steps": traced(labels(rng, 2, 3, 4), 30 * f32(rng, 2, 3, 4)),
        "batch_of_any_size": open_ended(labels(rng, 6, 4), 30 * f32(rng, 6, 4)),
        "probabilities": solution.weighted_bce(weights)(labels(rng, 6, 4), probs(rng, 6, 4)),
    }


@probe("weighted_errors")
def weighted_errors(solution, rng):
    """Class weights are looked at when they are given, shapes when they meet."""
    weighted_bce, focal = solution.weighted_bce, solution.FocalLoss()
    loss = weighted_bce({0: 1.0, 1: 2.0})
    weights = [{1: 2.0}, {0: 2.0}, {0: 0.0, 1: 2.0}, {0: -1.0, 1: 2.0}, {0: 1.0, 1: -0.5}]
    shapes = [((4, 1), (4, 3)), ((4,), (4, 1)), ((3,), (4, 3))]
    return {
        "weights": [raised(weighted_bce, given) for given in weights],
        "shapes": [raised(loss, labels(rng, *true), probs(rng, *pred)) for true, pred in shapes],
        "rows": raised(focal.call, labels(rng, 3, 1), probs(rng, 4, 1)),
        "columns": raised(focal, labels(rng, 4, 1), probs(rng, 4, 3)),
    }


@probe("training")
def training(solution, rng):
    """Two epochs of each loss with sample weights and flat labels, in batches of which the last is smaller."""
    losses = {
        "custom_mse": (solution.custom_mse, "sigmoid"),
        "focal_probabilities": (solution.FocalLoss(), "sigmoid"),
        "focal_logits": (solution.FocalLoss(1.0, 0.6, from_logits=True), None),
        "weighted_bce": (solution.weighted_bce({0: 0.5, 1: 3.0}), "sigmoid"),
    }
    x, y, weight = f32(rng, 20, 3), labels(rng, 20), rng.uniform(0.1, 3.0, 20).astype("float32")
    start = small_weights(rng)
    seen = {}
    for name, (loss, activation) in losses.items():
        model = small_model(activation)
        model.set_weights(start)
        model.compile(keras.optimizers.SGD(0.2), loss=loss, jit_compile=False)
        history = model.fit(x, y, sample_weight=weight, epochs=2, batch_size=8, shuffle=False, verbose=0)
        seen[name] = {
            "history": history.history["loss"],
            "weights": model.get_weights(),
            "evaluate": model.evaluate(x, y, sample_weight=weight, batch_size=8, verbose=0),
        }
    return seen


@probe("save_and_load")
def save_and_load(solution, rng):
    """A loaded model still knows its loss, without being told where it comes from."""
    x, y = f32(rng, 20, 3), labels(rng, 20, 1)
    start = small_weights(rng)
    seen = {}
    for name, loss in {"focal": solution.FocalLoss(1.0, 0.7), "custom_mse": solution.custom_mse}.items():
        model = small_model("sigmoid")
        model.set_weights(start)
        model.compile("sgd", loss=loss, jit_compile=False)
        path = scratch() / f"{name}.keras"
        model.save(path)
        seen[name] = keras.models.load_model(path).evaluate(x, y, batch_size=20, verbose=0)
    return seen


@probe("written_by_hand")
def written_by_hand(solution, rng):
    """The three losses are the candidate's own: the engine watches what runs, this probe the family of the class."""
    y, p = labels(rng, 6, 1), probs(rng, 6, 1)
    ready_made = (
        keras.losses.BinaryFocalCrossentropy,
        keras.losses.CategoricalFocalCrossentropy,
        keras.losses.MeanSquaredError,
    )
    return {
        "custom_mse": solution.custom_mse(y, p),
        "focal": solution.FocalLoss()(y, p),
        "weighted": solution.weighted_bce({0: 1.0, 1: 2.0})(y, p),
        "is_a_loss": issubclass(solution.FocalLoss, keras.losses.Loss),
        "is_ready_made": issubclass(solution.FocalLoss, ready_made),
    }


def small_model(activation):
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation)])


def small_weights(rng):
    """A start at which no prediction is certain."""
    return [0.5 * f32(rng, *shape) for shape in ((3, 1), (1,))]
