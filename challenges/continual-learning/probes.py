"""What is asked of the buffer, the update, the consolidation and the stream."""

import keras
import numpy as np
import tensorflow as tf

from grader.probing import f32, probe, python_runs, raised, scratch


def filled(model, rng, scale=0.5):
    """The model, with random weights; moving variances stay positive."""
    for variable in model.weights:
        value = scale * f32(rng, *variable.shape)
        variable.assign(0.5 + np.abs(value) if variable.name in ("moving_variance", "gamma") else value)
    return model


def network(rng, *middle, features=6, classes=3):
    """Some layers in front of a hidden layer, then logits."""
    x = inputs = keras.Input((features,))
    for layer in middle:
        x = layer(x)
    x = keras.layers.Dense(8, activation="tanh")(x)
    return filled(keras.Model(inputs, keras.layers.Dense(classes)(x)), rng)


def rows_of(rng, count, features=6, classes=3):
    """Random rows whose labels depend on them."""
    x = f32(rng, count, features)
    return x, x[:, :classes].argmax(axis=1)


class Passing(keras.layers.Layer):
    """Changes nothing. Its `call` is code that no other layer shares, so its runs can be counted."""

    def call(self, x):
        return x


class Recorder(keras.layers.Layer):
    """Hands every batch that reaches it to a list on the host."""

    def __init__(self, passes, **kwargs):
        super().__init__(**kwargs)
        self.note = lambda rows: passes.append(np.array(rows)) or rows

    def call(self, x):
        if isinstance(x, keras.KerasTensor) or keras.backend.is_keras_tensor(x):
            return x
        out = tf.numpy_function(self.note, [x], tf.float32)
        out.set_shape(x.shape)
        return out

    def compute_output_shape(self, shape):
        return shape


def recording(rng, passes):
    """A linear model that tells which rows it was shown; feature 0 is a row's number divided by 100."""
    inputs = keras.Input((4,))
    return filled(keras.Model(inputs, keras.layers.Dense(3)(Recorder(passes)(inputs))), rng)


def numbered(rng, count):
    """Rows that carry their number, with labels that follow from it."""
    x = f32(rng, count, 4)
    x[:, 0] = np.arange(count, dtype="float32") / 100
    return x, np.arange(count) % 3


def cut(x, y, sizes):
    """Consecutive batches of the given sizes."""
    ends = np.cumsum(sizes)
    return [(x[end - size : end], y[end - size : end]) for end, size in zip(ends, sizes, strict=True)]


@probe("buffer_contract")
def buffer_contract(solution, rng):
    """Rows stay with their labels and with what they were, whatever becomes of the arrays they came in."""
    buffer = solution.ReservoirBuffer(20, seed=int(rng.integers(10_000)))
    refused, sizes = raised(buffer.sample, 3), [[len(buffer), int(buffer.seen)]]
    given = rng.integers(-99, 99, (82, 2, 2)).astype("float64")
    given[:, 0, 0] = np.arange(82)
    x, y = given[:12].copy(), np.arange(12) % 5
    buffer.add(x, y)
    x[:], y[:] = -1, -1
    sizes.append([len(buffer), int(buffer.seen)])
    drawn = [buffer.sample(100), buffer.sample(5)]
    for start in range(12, 82, 14):
        buffer.add(given[start : start + 14], np.arange(start, start + 14) % 5)
        sizes.append([len(buffer), int(buffer.seen)])
    drawn += [buffer.sample(100), buffer.sample(20), buffer.sample(7)]
    return {
        "given": given,
        "refused": refused,
        "sizes": sizes,
        "drawn": [{"x": np.asarray(x), "y": np.asarray(y, "int64")} for x, y in drawn],
    }


@probe("reservoir_is_uniform")
def reservoir_is_uniform(solution, rng):
    """Which of 1000 rows 40 buffers of 100 hold in the end. The first buffer of each size has a twin."""
    seeds = rng.choice(100_000, 40, replace=False)

    def kept(seed, size):
        buffer = solution.ReservoirBuffer(100, seed=int(seed))
        for start in range(0, 1000, size):
            numbers = np.arange(start, min(start + size, 1000))
            buffer.add(numbers[:, None].astype("float32"), numbers)
        x, y = buffer.sample(100)
        return np.stack([np.asarray(x, "float32")[:, 0], np.asarray(y, "float32")])

    return {
        "small": [kept(seed, 7) for seed in seeds[:20]],
        "large": [kept(seed, 250) for seed in seeds[20:]],
        "twins": [kept(seeds[0], 7), kept(seeds[20], 250)],
    }


@probe("mixes_old_and_new")
def mixes_old_and_new(solution, rng):
    """Which rows each update shows to the model. The learning rate is 0, so the check can work out every loss."""
    passes = []
    model = recording(rng, passes)
    weights = model.get_weights()
    learner = solution.OnlineLearner(
        model, keras.optimizers.SGD(0.0), buffer_capacity=50, replay_ratio=0.5, seed=int(rng.integers(10_000))
    )
    sizes = [8, 8, 5, 16, 1, 30, 12]
    x, y = numbered(rng, sum(sizes))
    seen = []
    for batch in cut(x, y, sizes):
        passes.clear()
        loss = learner.update(*batch)
        seen.append({"passes": list(passes), "loss": np.asarray(loss, "float32"), "held": len(learner.buffer)})
    return {"updates": seen, "sizes": sizes, "rows": x, "labels": y, "weights": weights}


@probe("edge_batches")
def edge_batches(solution, rng):
    """Single rows, the very first batch, no replay at all and more old rows than new ones."""
    seen = {}
    for ratio in (0.0, 0.5, 2.0):
        passes = []
        learner = solution.OnlineLearner(
            recording(rng, passes), keras.optimizers.SGD(0.01), buffer_capacity=30, replay_ratio=ratio, seed=5
        )
        x, y = numbered(rng, 12)
        losses = [
            learner.update(rows.astype("float64"), labels.astype("int32"))
            for rows, labels in cut(x, y, [1, 1, 1, 3, 6])
        ]
        seen[f"ratio {ratio}"] = {
            "rows": [len(rows) for rows in passes],
            "losses": np.array(losses, "float32"),
            "seen": int(learner.buffer.seen),
        }
    return seen


@probe("loss_and_step")
def loss_and_step(solution, rng):
    """The loss from before the step, and the step; with batch statistics, over new and old rows together."""
    plain = solution.OnlineLearner(network(rng), keras.optimizers.SGD(0.5), replay_ratio=0.0, seed=1)
    batches = cut(*rows_of(rng, 30), [12, 7, 11])
    seen = {"losses": np.array([plain.update(*batch) for batch in batches], "float32")}
    seen["weights"] = plain.model.get_weights()
    adam = solution.OnlineLearner(network(rng), replay_ratio=0.0)
    for batch in batches[:2]:
        adam.update(*batch)
    x = 2 * f32(rng, 40, 6)
    seen |= {"adam": adam.model.get_weights(), "ids": np.asarray(plain.predict(x), "int64")}
    mixed = solution.OnlineLearner(network(rng, keras.layers.BatchNormalization()), keras.optimizers.SGD(0.5), seed=1)
    row, label = rows_of(rng, 1)
    losses = [mixed.update(np.repeat(row, 8, axis=0), np.repeat(label, 8)), mixed.update(*rows_of(rng, 4))]
    return seen | {"mixed losses": np.array(losses, "float32"), "mixed weights": mixed.model.get_weights()}


@probe("few_traces")
def few_traces(solution, rng):
    """How often Python runs the model over twelve batches of twelve sizes, and that they were learnt from."""
    layer = Passing()
    model = network(rng, layer)
    sizes = list(range(3, 27, 2))
    batches = cut(*rows_of(rng, sum(sizes)), sizes)
    with python_runs(layer) as runs:  # the learner may trace its step as soon as it has a model
        learner = solution.OnlineLearner(model, keras.optimizers.SGD(0.2), replay_ratio=0.0, seed=1)
        for batch in batches:
            learner.update(*batch)
    return {"runs": runs.count, "weights": model.get_weights()}


@probe("fisher")
def fisher(solution, rng):
    """Squares of every row's own gradient, in inference mode, with nothing of the model changed."""
    plain = network(rng)
    x, y = rows_of(rng, 25)
    y = rng.permutation(y)
    random_layers = keras.layers.BatchNormalization(), keras.layers.Dropout(0.3)
    with_state = network(rng, *random_layers)
    return {
        "25 rows": solution.diagonal_fisher(plain, x, y),
        "one row": solution.diagonal_fisher(plain, x[:1], y[:1]),
        "normalised": solution.diagonal_fisher(with_state, x, y),
        "weights": plain.get_weights() + with_state.get_weights(),
    }


@probe("ewc_step")
def ewc_step(solution, rng):
    """The penalty and its slope, and what two consolidations do to the steps that follow."""
    variables = [tf.Variable(f32(rng, 3, 2)), tf.Variable(f32(rng, 2))]
    anchors, information = [f32(rng, 3, 2), f32(rng, 2)], [np.abs(f32(rng, 3, 2)), np.abs(f32(rng, 2))]
    with tf.GradientTape() as tape:
        penalty = solution.ewc_penalty(variables, anchors, information, 3.0)
    seen = {"penalty": np.asarray(penalty, "float32"), "slope": tape.gradient(penalty, variables)}
    learner = solution.OnlineLearner(network(rng), keras.optimizers.SGD(0.1), replay_ratio=0.0, ewc_lambda=8.0, seed=1)
    losses = [learner.update(*rows_of(rng, 9))]
    for updates in (6, 5):
        learner.consolidate(*rows_of(rng, 12))
        losses += [learner.update(*rows_of(rng, 9)) for _ in range(updates)]
    return seen | {"losses": np.array(losses, "float32"), "weights": learner.model.get_weights()}


@probe("does_not_forget")
def does_not_forget(solution, rng, digits):
    """Five classes of digits, then five others, and what is left of the first."""
    inputs = keras.Input((64,))
    hidden = keras.layers.Dense(64, activation="relu")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(10)(hidden))
    learner = solution.OnlineLearner(
        model, keras.optimizers.Adam(0.003), buffer_capacity=150, replay_ratio=1.0, seed=int(rng.integers(10_000))
    )
    stream_x, stream_y = digits["stream_x"], digits["stream_y"]
    for start in range(0, len(stream_x), 20):
        learner.update(stream_x[start : start + 20], stream_y[start : start + 20])
    return {
        "predictions": np.asarray(learner.predict(digits["test_x"]), "int64"),
        "held": len(learner.buffer),
        "seen": int(learner.buffer.seen),
    }


class Stub:
    """A learner that writes down how it is used, and knows a bit more after every update."""

    def __init__(self, losses):
        self.losses, self.log = list(losses), []

    def predict(self, x):
        x = np.asarray(x)
        self.log.append(f"predict {x.shape[0]} {int(x[0, 0])}")
        return (x[:, 0] % (len(self.log) + 2)).astype("int64")

    def update(self, x, y):
        x, y = np.asarray(x), np.asarray(y)
        self.log.append(f"update {x.shape[0]} {int(x[0, 0])} {int(y.sum())}")
        return self.losses.pop(0)


@probe("prequential")
def prequential(solution, rng):
    """Each batch is predicted before it is learnt, and every row counts the same."""
    x = rng.integers(0, 50, (22, 2)).astype("float32")
    y = rng.integers(0, 3, 22)
    stub = Stub(rng.random(4).tolist())
    seen = solution.prequential(stub, (batch for batch in cut(x, y, [4, 10, 1, 7])))
    nothing = solution.prequential(Stub([]), iter(()))
    keys = ("accuracy", "losses", "mean")
    return {
        "log": stub.log,
        "stream": {key: np.asarray(seen[key], "float32") for key in keys},
        "no batches": {key: np.asarray(nothing[key], "float32") for key in keys},
    }


@probe("resume")
def resume(solution, rng):
    """A learner that is saved and one that loads: five batches later they are still the same."""

    def learner(seed):
        model = network(rng, keras.layers.BatchNormalization())
        return solution.OnlineLearner(
            model, keras.optimizers.Adam(0.02), buffer_capacity=25, replay_ratio=1.0, ewc_lambda=5.0, seed=seed
        )

    first = learner(int(rng.integers(10_000)))
    for _ in range(6):
        first.update(*rows_of(rng, 8))
    first.consolidate(*rows_of(rng, 10))
    for _ in range(3):
        first.update(*rows_of(rng, 8))
    folder = scratch() / "learners" / "first"
    first.save(folder)
    saved = first.model.get_weights()
    second = learner(int(rng.integers(10_000)) + 20_000)
    loaded = second.load(folder) is second
    batches = [rows_of(rng, 8) for _ in range(5)]
    seen = {}
    for name, each in {"first": first, "second": second}.items():
        losses = np.array([each.update(*batch) for batch in batches], "float32")
        counts = [int(each.buffer.seen), len(each.buffer)]
        seen[name] = {"losses": losses, "counts": counts, "weights": each.model.get_weights()}
    return seen | {"saved": saved, "loaded": loaded}
