"""Broken and healthy data, models and trainings, and what each tool says of them."""

import keras
import numpy as np
import tensorflow as tf

from grader.probing import f32, probe, raised

FEATURES, CLASSES = 4, 3
SGD, ADAM = keras.optimizers.SGD, keras.optimizers.Adam


def fill(model, rng, scale=0.6):
    """The model with random trainable weights."""
    for variable in model.trainable_variables:
        variable.assign((scale * f32(rng, *variable.shape)).astype("float32"))
    return model


def cross_entropy(from_logits=False):
    return keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)


def functional(rng, layers, optimizer, loss, inputs=(FEATURES,), dtype="float32"):
    """A compiled functional model of a chain of layers, with random weights."""
    first = output = keras.Input(inputs, dtype=dtype)
    for layer in layers:
        output = layer(output)
    model = fill(keras.Model(first, output), rng)
    model.compile(optimizer, loss, jit_compile=False)
    return model


def classifier(rng, optimizer, *, loss=None, activation="softmax", middle=(), units=16):
    """Four inputs, a hidden layer, three classes."""
    layers = [
        keras.layers.Dense(units, activation="tanh"),
        *middle,
        keras.layers.Dense(CLASSES, activation=activation),
    ]
    return functional(rng, layers, optimizer, loss or cross_entropy())


def clusters(rng, count, classes=CLASSES):
    """Rows that can be told apart by their label, sorted by it."""
    y = np.sort(np.arange(count) % classes).astype("int64")
    centres = 1.5 * np.eye(classes, FEATURES, dtype="float32")
    return (centres[y] + 0.3 * f32(rng, count, FEATURES)).astype("float32"), y


def state(model):
    """Everything that a training may leave behind."""
    return {
        "weights": [variable.numpy() for variable in model.variables],
        "optimizer": [variable.numpy() for variable in model.optimizer.variables],
        "stop": bool(model.stop_training),
    }


def differences(before, after):
    """How far each array moved."""
    pairs = zip(before["weights"] + before["optimizer"], after["weights"] + after["optimizer"], strict=True)
    moved = [np.asarray(b, "float64") - np.asarray(a, "float64") for a, b in pairs]
    return {"moved": moved, "stop": after["stop"]}


@probe("data_report")
def data_report(solution, rng):
    """Whole reports: clean data, broken data, labels in three shapes, and inputs of integers."""
    x, y = f32(rng, 60, 5), rng.permutation(np.arange(60) % 3)
    broken = x.copy()
    broken[:, 2] = 1.5
    broken[7, 2] = np.nan
    spots = rng.permutation(240)[:7]
    broken[spots // 4, np.array([0, 1, 3, 4])[spots % 4]] = [np.nan, np.nan, np.nan, np.inf, -np.inf, np.inf, np.nan]
    kept = broken.copy()
    reports = {
        "clean": solution.verify_data(x, y),
        "broken": solution.verify_data(broken, y, num_classes=3),
        "column": solution.verify_data(x, y.reshape(-1, 1).astype("int32")),
        "one-hot": solution.verify_data(x, np.eye(3, dtype="float32")[y], num_classes=3),
        "integers": solution.verify_data(rng.integers(0, 9, (60, 2, 2)), y),
    }
    return {"reports": reports, "left alone": np.nan_to_num(broken) - np.nan_to_num(kept)}


@probe("data_issues")
def data_issues(solution, rng):
    """The codes for labels and inputs that are wrong in one way each, or nearly so."""
    x = f32(rng, 66, 4)
    y = rng.permutation(np.arange(66) % 3)
    counted = {few: rng.permutation(np.repeat([0, 1], [66 - few, few])) for few in (4, 6)}
    sets = {
        "healthy": (x, y, 3),
        "no number of classes": (x, y, None),
        "a label of -1": (x, np.where(np.arange(66) == 5, -1, y), 3),
        "labels from 1": (x, y + 1, 3),
        "large": (100 * x, y, 3),
        "large and negative": (-100 * np.abs(x), y, 3),
        "missing class": (x, y, 4),
        "62 to 4": (x, counted[4], 2),
        "60 to 6": (x, counted[6], 2),
        "lengths": (x[:50], y, 3),
        "-1 and 1": (x, np.where(y > 0, 1, -1), None),
        "images": (rng.uniform(0, 255, (66, 3, 3, 1)).astype("float32"), y, 3),
        "scaled images": (rng.uniform(0, 1, (66, 3, 3, 1)).astype("float32"), y, 3),
    }
    return {name: solution.verify_data(a, b, num_classes=k)["issues"] for name, (a, b, k) in sets.items()}


class Stopped(keras.layers.Layer):
    """Lets no gradient through."""

    def call(self, x):
        return tf.stop_gradient(x)


def dead_and_alive(rng):
    """A model with a layer whose units never fire beside one whose units do."""
    first = keras.Input((FEATURES,))
    dead = keras.layers.Dense(4, activation="relu", name="dead")
    alive = keras.layers.Dense(4, activation="tanh", name="alive")
    joined = keras.layers.Concatenate()([dead(first), alive(first)])
    model = fill(keras.Model(first, keras.layers.Dense(CLASSES, activation="softmax", name="out")(joined)), rng)
    dead.set_weights([0.1 * f32(rng, FEATURES, 4), np.full(4, -50, "float32")])
    model.compile(SGD(0.1), cross_entropy(), jit_compile=False)
    return model


def report_of(found):
    """The report of check_gradients by plain keys, norms as arrays."""
    norms = {path: None if entry["norm"] is None else np.float64(entry["norm"]) for path, entry in found.items()}
    finite = {path: norm for path, norm in norms.items() if norm is not None and np.isfinite(norm)}
    return {"status": {path: str(entry["status"]) for path, entry in found.items()}, "norms": finite}


@probe("gradient_status")
def gradient_status(solution, rng):
    """Gradients that are missing, zero, NaN, tiny and huge."""
    x, y = clusters(rng, 18)
    broken = x.copy()
    broken[3, 1] = np.nan
    behind = classifier(rng, SGD(0.1), middle=[Stopped()])
    linear = functional(rng, [keras.layers.Dense(1)], SGD(0.1), "mse")
    linear.set_weights([linear.get_weights()[0], np.zeros(1, "float32")])
    target = f32(rng, 18, 1)
    return {
        "dead": report_of(solution.check_gradients(dead_and_alive(rng), x, y)),
        "nan": report_of(solution.check_gradients(classifier(rng, SGD(0.1)), broken, y)),
        "behind": report_of(solution.check_gradients(behind, x, y)),
        "large": report_of(solution.check_gradients(linear, 1000 * x, 1000 * target)),
        "small": report_of(solution.check_gradients(linear, 1e-5 * x, linear(1e-5 * x).numpy() + 1e-4)),
    }


@probe("gradient_of_the_real_loss")
def gradient_of_the_real_loss(solution, rng):
    """Models that train on logits, on probabilities, with penalties, on numbers, on words, and with statistics."""
    x, y = clusters(rng, 12)
    penalty = keras.regularizers.L2(0.5)
    decayed = [keras.layers.Dense(8, activation="tanh", kernel_regularizer=penalty)]
    words = [keras.layers.Embedding(7, 5), keras.layers.GlobalAveragePooling1D(), keras.layers.Dense(CLASSES)]
    logits = cross_entropy(from_logits=True)
    models = {
        "logits": (classifier(rng, SGD(0.1), loss=logits, activation=None), x, y),
        "name": (classifier(rng, SGD(0.1), loss="sparse_categorical_crossentropy"), x, y),
        "penalty": (classifier(rng, SGD(0.1), middle=decayed), x, y),
        "numbers": (functional(rng, [keras.layers.Dense(1)], SGD(0.1), "mse"), x, f32(rng, 12)),
        "words": (functional(rng, words, SGD(0.1), logits, (6,), "int32"), rng.integers(0, 4, (12, 6)), y),
        "statistics": (classifier(rng, SGD(0.1), middle=[keras.layers.BatchNormalization()]), x, y),
    }
    return {name: report_of(solution.check_gradients(*each)) for name, each in models.items()}


@probe("gradients_leave_no_trace")
def gradients_leave_no_trace(solution, rng):
    """What a look at the gradients changes in a model with moving averages."""
    model = classifier(rng, SGD(0.1), middle=[keras.layers.BatchNormalization(momentum=0.5)])
    model.optimizer.build(model.trainable_variables)
    x, y = clusters(rng, 12)
    before = state(model)
    found = report_of(solution.check_gradients(model, x, y))
    return differences(before, state(model)) | {"norms": found["norms"]}


def verdict(solution, model, x, y, **settings):
    """What overfit_test says, as arrays and plain values."""
    found = solution.overfit_test(model, x, y, **settings)
    return {
        "passed": bool(found["passed"]),
        "losses": np.array([found["first_loss"], found["final_loss"]], "float64"),
        "classes": [int(label) for label in found["classes"]],
    }


@probe("overfit_verdicts")
def overfit_verdicts(solution, rng):
    """A healthy model, inputs that say nothing, a rate of 0, NaN, and momentum on rows that leave no choice."""
    x, y = clusters(rng, 90)
    constant = np.repeat(x[:1], 90, axis=0)
    broken = x.copy()
    broken[:, 2] = np.nan
    few_x, few_y = clusters(rng, 32)
    momentum = SGD(0.01, momentum=0.9)
    return {
        "healthy": verdict(solution, classifier(rng, ADAM(0.05)), x, y, epochs=30, tol=0.3),
        "constant": verdict(solution, classifier(rng, ADAM(0.05)), constant, y, epochs=15, tol=0.3),
        "still": verdict(solution, classifier(rng, SGD(0.0)), x, y, epochs=3, tol=100.0),
        "broken": verdict(solution, classifier(rng, SGD(0.05)), broken, y, epochs=3),
        "momentum": verdict(solution, classifier(rng, momentum), few_x, few_y, epochs=15, tol=0.01),
    }


@probe("overfit_leaves_no_trace")
def overfit_leaves_no_trace(solution, rng):
    """What the test changes in a model that has been trained already."""
    model = classifier(rng, ADAM(0.01), middle=[keras.layers.BatchNormalization(momentum=0.5)])
    x, y = clusters(rng, 48)
    model.fit(x, y, batch_size=16, epochs=1, verbose=0, shuffle=False)
    before = state(model)
    found = solution.overfit_test(model, x, y, n=12, epochs=4)
    return differences(before, state(model)) | {"fell": bool(found["final_loss"] < found["first_loss"])}


def range_test(solution, model, x, y, **settings):
    """What find_lr says, and what it changes."""
    model.optimizer.build(model.trainable_variables)
    before = state(model)
    found = solution.find_lr(model, x, y, **settings)
    losses = np.array(found["losses"], "float64")
    return {
        "lrs": np.array(found["lrs"], "float64"),
        "losses": losses[np.isfinite(losses)],
        "recorded": len(losses),
        "suggested": float(found["suggested"]),
        "state": differences(before, state(model)),
    }


@probe("lr_range")
def lr_range(solution, rng):
    """A calm test, one that diverges, and one that meets a NaN; the rate, the slots and the weights afterwards."""
    x, y = clusters(rng, 70)
    order = rng.permutation(70)
    calm = classifier(rng, SGD(0.02, momentum=0.5))
    wild = functional(rng, [keras.layers.Dense(1)], SGD(0.03), "mse")
    numbers = f32(rng, 50, FEATURES)
    targets = (3.0 + numbers[:, :1] + 0.3 * f32(rng, 50, 1)).astype("float32")
    broken = numbers.copy()
    broken[35, 1] = np.nan
    settings = {"min_lr": 1e-5, "max_lr": 100.0, "steps": 40, "batch_size": 16}
    return {
        "calm": range_test(solution, calm, x[order], y[order], min_lr=1e-4, max_lr=0.5, steps=20, batch_size=16),
        "wild": range_test(solution, wild, numbers, targets, **settings),
        "broken": range_test(solution, wild, broken, targets, **settings),
    }


@probe("suggest_lr")
def suggest_lr(solution, rng):
    """Rates for recorded losses: noise, one lucky batch, NaN, infinities, lists, and nothing to go by."""
    steps = np.arange(60)
    lrs = 1e-6 * (1e6) ** (steps / 59)
    valley = 2.0 - 1.5 * np.exp(-(((steps - rng.integers(30, 42)) / 12.0) ** 2)) + 0.08 * rng.standard_normal(60)
    lucky, broken, endless = valley.copy(), valley.copy(), valley.copy()
    lucky[5] = 0.01
    broken[30:] = np.nan
    endless[40] = -np.inf
    return {
        "noisy": float(solution.suggest_lr(lrs, valley)),
        "lucky": float(solution.suggest_lr(lrs, lucky)),
        "broken": float(solution.suggest_lr(lrs, broken)),
        "endless": float(solution.suggest_lr(lrs, endless)),
        "lists": float(solution.suggest_lr(lrs.tolist(), valley.tolist(), beta=0.5)),
        "rising": float(solution.suggest_lr(lrs[:8], np.linspace(1.0, 3.0, 8))),
        "nothing": raised(solution.suggest_lr, lrs, np.full(60, np.nan)),
    }


class StubModel:
    """All that a callback needs of a model."""

    def __init__(self):
        self.stop_training = False


def drive(callback, epochs):
    """One training by hand: epochs are lists of batch logs and the epoch's logs. Returns events and flag."""
    stub = StubModel()
    callback.set_model(stub)
    callback.on_train_begin()
    for epoch, (batches, logs) in enumerate(epochs):
        callback.on_epoch_begin(epoch)
        for batch, batch_logs in enumerate(batches):
            callback.on_train_batch_begin(batch)
            callback.on_train_batch_end(batch, batch_logs)
        callback.on_epoch_end(epoch, logs)
    callback.on_train_end()
    return {"events": [dict(event) for event in callback.events], "stop": bool(stub.stop_training)}


def epochs_of(*losses):
    """Epochs of two calm batches with the given losses at their ends."""
    return [([{"loss": 1.0}, {"loss": 1.0}], {"loss": loss}) for loss in losses]


@probe("callback_scripted")
def callback_scripted(solution, rng):
    """Trainings by hand: falling, flat, a second one, a zigzag, a rise, trouble in several places, and no logs."""
    nan, level = float("nan"), float(rng.uniform(0.5, 2.0))
    twice = solution.DebugCallback(patience=2, min_delta=0.01)
    worse = [([{"loss": level}, {"loss": nan}, {"loss": nan}], {"loss": nan}), *epochs_of(nan)]
    infinite = [*epochs_of(level), ([{"loss": level}, {"loss": float("inf")}], {"loss": level})]
    negative = [([{"loss": -float("inf")}], None)]
    late = [([{"accuracy": 0.5}, None], {"loss": nan}), *epochs_of(level)]
    return {
        "falling": drive(solution.DebugCallback(), epochs_of(*(level * 0.9**k for k in range(6)))),
        "plateau": drive(twice, epochs_of(level, *[level - 0.004] * 5)),
        "second": drive(twice, epochs_of(level + 1, level + 0.9, level + 0.8)),
        "zigzag": drive(solution.DebugCallback(), epochs_of(*(level + 0.1 * (k % 2) for k in range(7)))),
        "rising": drive(solution.DebugCallback(patience=2), epochs_of(*(level + 0.1 * k for k in range(6)))),
        "slow": drive(solution.DebugCallback(patience=2), epochs_of(*(level - 0.00004 * k for k in range(8)))),
        "nan": drive(solution.DebugCallback(), worse),
        "inf": drive(solution.DebugCallback(), infinite),
        "minus inf": drive(solution.DebugCallback(), negative),
        "end of epoch": drive(solution.DebugCallback(), late),
        "no logs": drive(solution.DebugCallback(), [([None, {}], None), ([{"accuracy": 1.0}], {})]),
    }


class Counting(keras.callbacks.Callback):
    """How far a training got."""

    def __init__(self):
        super().__init__()
        self.batches, self.epochs = 0, 0

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1

    def on_epoch_end(self, epoch, logs=None):
        self.epochs += 1


@probe("stops_at_the_bad_batch")
def stops_at_the_bad_batch(solution, rng):
    """A real training of four epochs of twelve batches, one of which has a NaN; then a healthy one."""
    x, y = clusters(rng, 48)
    bad = int(rng.integers(1, 11))
    broken = x.copy()
    broken[4 * bad + 1, 2] = np.nan
    callback, seen = solution.DebugCallback(), {}
    for name, inputs in (("broken", broken), ("healthy", x)):
        model, counting = classifier(rng, SGD(0.05)), Counting()
        callbacks = [callback, counting]
        model.fit(inputs, y, batch_size=4, epochs=4, shuffle=False, verbose=0, callbacks=callbacks)
        seen[name] = {
            "events": [dict(event) for event in callback.events],
            "batches": counting.batches,
            "epochs": counting.epochs,
            "stop": bool(model.stop_training),
        }
    return seen


def chance(rng):
    """Healthy logits, of which one row happens to be (1, 0, 0)."""
    model = functional(rng, [keras.layers.Dense(CLASSES)], SGD(0.1), cross_entropy(from_logits=True))
    x, y = clusters(rng, 15)
    kernel, _ = model.get_weights()
    x[0] = 0.0
    model.set_weights([kernel, np.float32([1, 0, 0])])
    return model, x, y


@probe("diagnosis")
def diagnosis(solution, rng):
    """Fourteen set-ups: healthy ones, one that looks ill by chance, and ill ones, some in more ways than one."""
    x, y = clusters(rng, 15)
    broken = x.copy()
    broken[2, 1] = np.inf
    logits, name = cross_entropy(from_logits=True), "sparse_categorical_crossentropy"
    frozen = classifier(rng, SGD(0.1))
    frozen.trainable = False
    frozen.compile(SGD(0.1), cross_entropy(), jit_compile=False)
    softmax = [keras.layers.Dense(CLASSES), keras.layers.Softmax()]
    double = classifier(rng, SGD(5.0), loss=logits)
    cases = {
        "healthy": (classifier(rng, SGD(0.1)), x, y),
        "healthy logits": (classifier(rng, ADAM(0.01), loss=logits, activation=None), x, y),
        "healthy layer": (functional(rng, softmax, SGD(0.5), name), x, y),
        "healthy chance": chance(rng),
        "double activation": (classifier(rng, SGD(0.1), loss=logits), x, y),
        "double layer": (functional(rng, softmax, SGD(0.1), logits), x, y),
        "missing object": (classifier(rng, SGD(0.1), activation=None), x, y),
        "missing name": (classifier(rng, SGD(0.1), loss=name, activation="tanh"), x, y),
        "infinite": (classifier(rng, SGD(0.1), loss=logits), broken, y),
        "labels from 1": (classifier(rng, SGD(1e-7)), x, y + 1),
        "frozen": (frozen, x, y),
        "dead": (dead_and_alive(rng), x, y),
        "rate 0": (classifier(rng, SGD(0.0)), x, y),
        "rate 5, double": (double, x, y),
    }
    found = {case: [str(code) for code in solution.diagnose(*each)] for case, each in cases.items()}
    return {"found": found, "weights": double.get_weights()}
