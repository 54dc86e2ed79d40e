"""The reference's tools on data, models and trainings whose faults are known, and against finite differences."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference.training_debugger import (
    DebugCallback,
    check_gradients,
    diagnose,
    find_lr,
    overfit_test,
    suggest_lr,
    verify_data,
)

RNG = np.random.default_rng(3)
X = RNG.standard_normal((24, 3)).astype("float32")
Y = np.arange(24) % 2
KERNEL = RNG.standard_normal((3, 2)).astype("float32")


def compiled(layers, loss=None, rate=0.1, optimizer=None):
    first = output = keras.Input((3,))
    for layer in layers:
        output = layer(output)
    model = keras.Model(first, output)
    loss = loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer or keras.optimizers.SGD(rate), loss, jit_compile=False)
    return model


def linear(**settings):
    """Logits of a linear model whose kernel is known."""
    dense = keras.layers.Dense(2, use_bias=False, kernel_regularizer=settings.pop("penalty", None))
    model = compiled([dense], **settings)
    model.set_weights([KERNEL])
    return model


def cross_entropy(kernel, x=X, y=Y):
    scores = np.float64(x) @ kernel
    return (np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(y)), y]).mean()


def slopes(function, point, step=1e-5):
    """Central differences."""
    found = np.empty(point.shape)
    for index in np.ndindex(point.shape):
        above, below = point.astype("float64"), point.astype("float64")
        above[index] += step
        below[index] -= step
        found[index] = (function(above) - function(below)) / (2 * step)
    return found


def everything(model):
    return [v.numpy() for v in (*model.variables, *model.optimizer.variables)]


def test_a_report_is_about_finite_values_and_labels():
    x = np.float32([[1, 2, 7], [np.nan, 3, 7], [-4, np.inf, np.nan]])
    assert verify_data(x, np.eye(3)[[0, 2, 2]], num_classes=3) == {
        "x_shape": (3, 3),
        "x_dtype": "float32",
        "x_min": -4.0,
        "x_max": 7.0,
        "nan_count": 2,
        "inf_count": 1,
        "constant_features": [2],
        "class_counts": {0: 1, 2: 2},
        "issues": ["constant_feature", "inf", "missing_class", "nan"],
    }


@pytest.mark.parametrize(
    ("x", "y", "classes", "issues"),
    [
        (X, Y, 2, []),
        (X, np.where(Y, 1, -1), None, []),
        (X, np.where(Y, 1, -1), 2, ["label_out_of_range", "missing_class"]),
        (X, Y + 1, 2, ["label_out_of_range", "missing_class"]),
        (-20 * np.abs(X), Y, 2, ["unscaled"]),
        (X[:20], Y, 2, ["length_mismatch"]),
        (X, np.arange(24) < 2, 2, ["imbalance"]),
        (X[:22], np.arange(22) < 2, 2, []),
    ],
)
def test_issues_are_found_where_they_are(x, y, classes, issues):
    assert verify_data(x, y, classes)["issues"] == issues


@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_norms_are_those_of_the_whole_loss(decay):
    penalty = keras.regularizers.L2(decay) if decay else None
    (found,) = check_gradients(linear(penalty=penalty), X, Y).values()
    expected = slopes(lambda kernel: cross_entropy(kernel) + decay * np.square(kernel).sum(), KERNEL)
    assert found == {"norm": pytest.approx(np.linalg.norm(expected), rel=1e-4), "status": "ok"}


def test_an_embeddings_repeated_rows_add_up():
    first = keras.Input((2,), dtype="int32")
    model = keras.Model(first, keras.layers.Flatten()(keras.layers.Embedding(4, 1, name="words")(first)))
    model.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=False)
    table = np.float32([[1], [2], [3], [4]])
    model.set_weights([table])
    x, y = np.int32([[0, 0], [0, 3]]), np.float32([[0, 0], [0, 0]])
    expected = slopes(lambda values: np.square(np.float64(values)[x, 0]).mean(), table)
    found = check_gradients(model, x, y)["words/embeddings"]
    assert found["norm"] == pytest.approx(np.linalg.norm(expected), rel=1e-5)


@pytest.mark.parametrize(
    ("scale", "status"),
    [(np.nan, "nonfinite"), (np.inf, "nonfinite"), (0, "zero"), (1e-30, "vanishing"), (1e25, "exploding")],
)
def test_a_status_for_every_size(scale, status):
    model = compiled([keras.layers.Dense(1, use_bias=False)], loss=lambda y, p: p[:, 0])
    (found,) = check_gradients(model, np.full((2, 3), scale, "float32"), np.zeros(2)).values()
    assert found["status"] == status


def test_a_missing_gradient_has_no_norm():
    model = compiled([keras.layers.Dense(2), keras.layers.Lambda(tf.stop_gradient), keras.layers.Dense(2)])
    first, _, last, _ = check_gradients(model, X, Y).values()
    assert first == {"norm": None, "status": "none"}
    assert last["status"] == "ok"


def test_a_few_rows_are_taken_from_every_class():
    x, y = np.float32(np.eye(3)[np.repeat([0, 1, 2], [40, 5, 1])]), np.repeat([0, 1, 2], [40, 5, 1])
    model = compiled([keras.layers.Dense(3)], optimizer=keras.optimizers.Adam(0.5))
    found = overfit_test(model, x, y, n=8, epochs=30)
    assert found["passed"]
    assert found["classes"] == [0, 1, 2]
    assert found["final_loss"] < 0.1 < found["first_loss"]


def test_what_cannot_be_learned_does_not_pass():
    assert not overfit_test(linear(), np.ones_like(X), Y, epochs=5)["passed"]
    assert not overfit_test(linear(), X * np.nan, Y, epochs=2)["passed"]
    assert not overfit_test(linear(rate=0.0), X, Y, epochs=2, tol=9.0)["passed"]


@pytest.mark.parametrize(
    "tool", [check_gradients, diagnose, lambda *a: overfit_test(*a, epochs=2), lambda *a: find_lr(*a, steps=3)]
)
def test_no_tool_leaves_a_trace(tool):
    layers = [
        keras.layers.Dense(4),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(2),
    ]
    model = compiled(layers, optimizer=keras.optimizers.Adam(0.01))
    model.fit(X, Y, epochs=1, verbose=0)
    before = everything(model)
    tool(model, X, Y)
    for one, other in zip(everything(model), before, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not model.stop_training


def test_a_range_test_follows_gradient_descent():
    found = find_lr(linear(), X, Y, min_lr=0.01, max_lr=1.0, steps=5, batch_size=10)
    np.testing.assert_allclose(found["lrs"], np.geomspace(0.01, 1, 5), rtol=1e-6)
    kernel = np.float64(KERNEL)
    for index, (rate, loss) in enumerate(zip(found["lrs"], found["losses"], strict=True)):
        rows = slice(index % 2 * 10, index % 2 * 10 + 10)

        def batch_loss(k, rows=rows):
            return cross_entropy(k, X[rows], Y[rows])

        assert loss == pytest.approx(batch_loss(kernel), rel=1e-4)
        kernel = kernel - rate * slopes(batch_loss, kernel)


def test_a_range_test_stops_when_it_diverges():
    model = compiled([keras.layers.Dense(1)], loss="mse")
    found = find_lr(model, X, np.full(24, 3.0, "float32"), min_lr=1e-4, max_lr=1e6, steps=30)
    assert len(found["lrs"]) == len(found["losses"]) < 30
    assert not found["losses"][-1] <= 4 * min(found["losses"])


@pytest.mark.parametrize(
    ("losses", "beta", "best"),
    [
        ([4, 3, 2, 1, 5], 0.0, 3),
        ([4, 3, np.nan, 0, 0], 0.0, 1),
        ([4, 3, 2, -np.inf, 1], 0.0, 2),
        ([2, 3, 4, 5, 6], 0.9, 0),
        ([5, 0.1, 5, 2, 2, 1, 1, 1], 0.5, 7),
    ],
)
def test_the_lowest_smoothed_loss_decides(losses, beta, best):
    lrs = [10.0**k for k in range(len(losses))]
    assert suggest_lr(lrs, losses, beta) == pytest.approx(lrs[best] / 10)


def test_no_finite_loss_is_no_answer():
    with pytest.raises(ValueError, match="finite"):
        suggest_lr([1.0, 2.0], [np.nan, 1.0])


class Stub:
    stop_training = False


def watched(callback, *epochs):
    """Events and the flag of a training by hand; an epoch is its batches' losses."""
    callback.set_model(Stub())
    callback.on_train_begin()
    for epoch, losses in enumerate(epochs):
        callback.on_epoch_begin(epoch)
        for batch, loss in enumerate(losses):
            callback.on_train_batch_end(batch, {"loss": loss})
        callback.on_epoch_end(epoch, {"loss": losses[-1]})
    return [tuple(event.values()) for event in callback.events], callback.model.stop_training


def test_a_broken_batch_stops_at_once_and_is_told_once():
    assert watched(DebugCallback(), [1.0], [1.0, np.inf, np.nan]) == ([("nonfinite", 1, 1)], True)


def test_plateaus_are_measured_against_the_best():
    assert watched(DebugCallback(patience=2), [1], [2], [1.5], [1.2], [0.5]) == ([("plateau", 2, None)], False)


def test_each_training_starts_afresh():
    callback = DebugCallback(patience=1)
    watched(callback, [0.1], [np.nan])
    assert watched(callback, [2.0], [1.0]) == ([], False)


def test_logs_may_lack_everything():
    callback = DebugCallback(patience=1)
    callback.on_train_begin()
    callback.on_train_batch_end(0)
    callback.on_epoch_end(0)
    callback.on_epoch_end(1, {"accuracy": 1.0})
    assert callback.events == []


def test_a_healthy_model_has_no_diagnosis():
    assert diagnose(linear(), X, Y) == []


@pytest.mark.filterwarnings("ignore:.*produced by a Softmax activation")
def test_faults_are_found_together():
    model = compiled([keras.layers.Dense(2), keras.layers.Softmax()], rate=3.0)
    assert diagnose(model, X, Y) == ["double_softmax", "learning_rate"]
    assert diagnose(model, X, Y + 1) == ["label_out_of_range", "learning_rate"]
    assert diagnose(model, X * np.inf, Y) == ["learning_rate", "nonfinite_input"]


def test_logits_under_a_loss_of_probabilities_are_a_fault():
    assert diagnose(linear(loss="sparse_categorical_crossentropy"), X, Y) == ["missing_softmax"]


def test_a_frozen_model_cannot_learn():
    model = linear()
    model.trainable = False
    assert diagnose(model, X, Y) == ["nothing_trainable"]
