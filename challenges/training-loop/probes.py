"""What is asked of a `Trainer`, and what is seen. Everything numerical is compared with the reference."""

import keras
import numpy as np
import tensorflow as tf

from grader.probing import f32, probe, python_runs, raised, report


def filled(model, rng):
    """The model, with random numbers in its trainable variables."""
    for variable in model.trainable_variables:
        variable.assign(0.5 * f32(rng, *variable.shape))
    return model


def mlp(rng, activation=None, regularizer=None):
    """Three inputs, five hidden units, one output."""
    layers = [
        keras.Input((3,)),
        keras.layers.Dense(5, activation="tanh", kernel_regularizer=regularizer),
        keras.layers.Dense(1, activation=activation, kernel_regularizer=regularizer),
    ]
    return filled(keras.Sequential(layers), rng)


class Passing(keras.layers.Layer):
    """Changes nothing. Its `call` is code that no other layer shares, so its runs can be counted."""

    def call(self, x):
        return x


class TwiceInTraining(keras.layers.Layer):
    """Doubles its input while training: a dropout whose effect is the same every time."""

    def call(self, x, training=False):
        return 2.0 * x if training else x


class WithSpare(keras.Model):
    """A model with a layer that no output depends on."""

    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(5, activation="tanh")
        self.spare = keras.layers.Dense(4)
        self.out = keras.layers.Dense(1)

    def build(self, input_shape):
        self.hidden.build(input_shape)
        self.spare.build(input_shape)
        self.out.build((None, 5))
        super().build(input_shape)

    def call(self, x):
        return self.out(self.hidden(x))


def regression(rng, samples, scale=1.0):
    """Inputs (samples, 3) and targets (samples, 1) that depend on them."""
    x = f32(rng, samples, 3)
    return x, (scale * (x[:, :1] - x[:, 1:2] + 0.3 * f32(rng, samples, 1))).astype("float32")


def classification(rng, samples):
    """Inputs (samples, 3) and labels 0 or 1 of shape (samples, 1)."""
    x, y = regression(rng, samples)
    return x, (y > 0).astype("float32")


def cut(x, y, *sizes):
    """Consecutive batches of the given sizes, as a list of pairs."""
    ends = np.cumsum(sizes)
    return [(x[end - size : end], y[end - size : end]) for end, size in zip(ends, sizes, strict=True)]


def evenly(x, y, size):
    """Batches of one size; the last takes what is left."""
    return [(x[start : start + size], y[start : start + size]) for start in range(0, len(x), size)]


def number(value):
    """A loss as a float32 array: where the type of the returned value isn't the point."""
    return np.asarray(value, "float32")


def numbers(measured):
    """A history or an evaluation as float32 arrays, for the same reason."""
    return {name: np.asarray(value, "float32") for name, value in measured.items()}


def mse():
    return keras.losses.MeanSquaredError()


def bce():
    return keras.losses.BinaryCrossentropy()


def mae():
    return keras.metrics.MeanAbsoluteError(name="mae")


def rmse():
    return keras.metrics.RootMeanSquaredError(name="rmse")


@probe("one_step")
def one_step(solution, rng):
    """A step returns the loss it started from, and moves every weight against the gradient."""
    model = mlp(rng)
    x, y = regression(rng, 8)
    trainer = solution.Trainer(model, mse(), keras.optimizers.SGD(0.1))
    loss = trainer.train_step(x, y)
    return {"loss": loss, "weights": model.get_weights()}


@probe("several_steps")
def several_steps(solution, rng):
    """Two trainers take turns, with different models, losses, optimizers and batch sizes."""
    classifier, regressor = mlp(rng, "sigmoid"), mlp(rng)
    adam = keras.optimizers.Adam(0.05, epsilon=1e-3)
    first = solution.Trainer(classifier, bce(), adam)
    second = solution.Trainer(regressor, mse(), keras.optimizers.SGD(0.05, momentum=0.9))
    sizes = (8, 8, 5, 8, 3)
    labelled = cut(*classification(rng, sum(sizes)), *sizes)
    targeted = cut(*regression(rng, sum(sizes)), *sizes)
    losses = []
    for step, (one, other) in enumerate(zip(labelled, targeted, strict=True), start=1):
        pair = [number(first.train_step(*one)), number(second.train_step(*other))]
        report(step=step, classifier_loss=float(pair[0]), regressor_loss=float(pair[1]))
        losses.append(pair)
    return {"losses": losses, "classifier": classifier.get_weights(), "regressor": regressor.get_weights()}


@probe("training_mode")
def training_mode(solution, rng):
    """Steps run the layers in training mode; evaluations don't, and leave no trace."""
    layers = [
        keras.Input((3,)),
        TwiceInTraining(),
        keras.layers.Dense(4),
        keras.layers.BatchNormalization(momentum=0.8),
        keras.layers.Dense(1),
    ]
    model = filled(keras.Sequential(layers), rng)
    trainer = solution.Trainer(model, mse(), keras.optimizers.SGD(0.1), metrics=[mae()])
    losses = [number(trainer.train_step(x, y)) for x, y in cut(*regression(rng, 16), 8, 8)]
    trained = model.get_weights()
    x, y = regression(rng, 21)
    by_eight, by_five = (numbers(trainer.evaluate(evenly(x, y, size))) for size in (8, 5))
    evaluated = model.get_weights()
    return {"losses": losses, "trained": trained, "by_eight": by_eight, "by_five": by_five, "evaluated": evaluated}


@probe("extra_losses")
def extra_losses(solution, rng):
    """Regularisation counts, in the evaluation, in the step's loss and in its gradient."""
    model = mlp(rng, regularizer=keras.regularizers.L2(0.2))
    trainer = solution.Trainer(model, mse(), keras.optimizers.SGD(0.1))
    x, y = regression(rng, 16)
    evaluated = numbers(trainer.evaluate(evenly(x, y, 8)))
    loss = number(trainer.train_step(x, y))
    return {"evaluated": evaluated, "loss": loss, "weights": model.get_weights()}


@probe("frozen_and_unused")
def frozen_and_unused(solution, rng):
    """Frozen variables and variables that the loss doesn't reach stay put; the others learn."""
    frozen = mlp(rng)
    frozen.layers[0].trainable = False
    trainer = solution.Trainer(frozen, mse(), keras.optimizers.SGD(0.5), clip_norm=0.4)
    for x, y in cut(*regression(rng, 24, scale=3.0), 8, 8, 8):
        trainer.train_step(x, y)

    spare = WithSpare()
    spare.build((None, 3))
    filled(spare, rng)
    decaying = keras.optimizers.SGD(0.5, weight_decay=0.1)
    trainer = solution.Trainer(spare, mse(), decaying, clip_norm=0.5, accumulate=2)
    for x, y in cut(*regression(rng, 32, scale=3.0), 8, 8, 8, 8):
        trainer.train_step(x, y)
    return {"frozen": frozen.get_weights(), "spare": spare.get_weights()}


@probe("clipping")
def clipping(solution, rng):
    """A long gradient is shortened as a whole; a short one, or any without a limit, is left alone."""
    weights = mlp(rng).get_weights()
    x, y = regression(rng, 8, scale=20.0)
    seen = {}
    for name, clip_norm in (("tight", 0.05), ("loose", 1e6), ("none", None)):
        model = mlp(rng)
        model.set_weights(weights)
        trainer = solution.Trainer(model, mse(), keras.optimizers.SGD(1.0), clip_norm=clip_norm)
        loss = number(trainer.train_step(x, y))
        steps = [after - before for after, before in zip(model.get_weights(), weights, strict=True)]
        norm = np.sqrt(sum(np.square(step).sum() for step in steps))
        seen[name] = {"loss": loss, "step": steps, "norm": np.float32(norm)}
    return seen


@probe("epoch_history")
def epoch_history(solution, rng):
    """An epoch's numbers are over its samples, each epoch starts afresh, and the values are Python floats."""
    x, y = classification(rng, 37)
    batches = evenly(x, y, 8)
    still = solution.Trainer(mlp(rng, "sigmoid"), bce(), keras.optimizers.SGD(0.0), metrics=[mae(), rmse()])
    standing = still.fit(batches, epochs=3)
    at_once = still.evaluate([(x, y)])

    model = mlp(rng, "sigmoid")
    moving = solution.Trainer(model, bce(), keras.optimizers.SGD(0.5), metrics=[mae()])
    learning = moving.fit(batches, epochs=3)
    kinds = {
        "history": sorted({type(value).__name__ for values in learning.values() for value in values}),
        "evaluation": sorted({type(value).__name__ for value in at_once.values()}),
    }
    return {
        "standing": numbers(standing),
        "at_once": numbers(at_once),
        "learning": numbers(learning),
        "weights": model.get_weights(),
        "kinds": kinds,
    }


@probe("validation")
def validation(solution, rng):
    """Training and validation keep apart: in their numbers, in their mode, and in what they change."""
    x, y = classification(rng, 21)
    training = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)
    opposite = tf.data.Dataset.from_tensor_slices((x[:13], 1.0 - y[:13])).batch(8)
    layers = [
        keras.Input((3,)),
        TwiceInTraining(),
        keras.layers.Dense(5, activation="tanh"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
    model = filled(keras.Sequential(layers), rng)
    optimizer = keras.optimizers.SGD(0.5)
    trainer = solution.Trainer(model, bce(), optimizer, metrics=[mae(), rmse()])
    history = trainer.fit(training, epochs=2, validation_data=opposite)
    updates = int(optimizer.iterations)
    weights = model.get_weights()
    return {
        "history": numbers(history),
        "updates": updates,
        "weights": weights,
        "afterwards": numbers(trainer.evaluate(opposite)),
    }


@probe("compiled")
def compiled(solution, rng):
    """Python goes through the model while tracing, and not for every batch or epoch."""
    passing = Passing()
    layers = [keras.Input((3,)), passing, keras.layers.Dense(5, activation="tanh"), keras.layers.Dense(1)]
    model = filled(keras.Sequential(layers), rng)
    batches = evenly(*regression(rng, 31), 4)
    with python_runs(passing) as training:
        trainer = solution.Trainer(model, mse(), keras.optimizers.SGD(0.05), metrics=[mae()])
        trainer.fit(batches, epochs=6)
    with python_runs(passing) as evaluating:
        for _ in range(6):
            trainer.evaluate(batches)
    return {"training": training.count, "evaluating": evaluating.count, "weights": model.get_weights()}


@probe("accumulation")
def accumulation(solution, rng):
    """Three batches of unequal size make one update, with the gradient of their samples' mean loss."""
    model = mlp(rng)
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    trainer = solution.Trainer(model, mse(), optimizer, accumulate=3)
    sizes = (8, 3, 5, 5, 8, 3)
    batches = cut(*regression(rng, sum(sizes)), *sizes)
    losses, updates, moved, evaluated = [], [], [], None
    for call, (x, y) in enumerate(batches, start=1):
        before = model.get_weights()
        losses.append(number(trainer.train_step(x, y)))
        after = model.get_weights()
        updates.append(int(optimizer.iterations))
        moved.append(any((a != b).any() for a, b in zip(before, after, strict=True)))
        if call == 4:
            evaluated = numbers(trainer.evaluate(batches[:1]))
    return {
        "losses": losses,
        "updates": updates,
        "moved": moved,
        "evaluated": evaluated,
        "weights": model.get_weights(),
    }


@probe("accumulation_in_fit")
def accumulation_in_fit(solution, rng):
    """The batches left at an epoch's end get their own update, and the norm is that of the whole update."""
    model = mlp(rng)
    optimizer = keras.optimizers.SGD(0.3)
    trainer = solution.Trainer(model, mse(), optimizer, clip_norm=0.7, accumulate=3)
    trainer.fit(evenly(*regression(rng, 37, scale=3.0), 8), epochs=2)
    return {"updates": int(optimizer.iterations), "weights": model.get_weights()}


@probe("bad_arguments")
def bad_arguments(solution, rng):
    """Settings that can't work are refused when the trainer is made; data without batches when used."""
    model = mlp(rng)

    def make(**settings):
        return solution.Trainer(model, mse(), keras.optimizers.SGD(0.1), **settings)

    trainer = make()
    return {
        "accumulate=0": raised(make, accumulate=0),
        "accumulate=-2": raised(make, accumulate=-2),
        "clip_norm=0.0": raised(make, clip_norm=0.0),
        "clip_norm=-1.0": raised(make, clip_norm=-1.0),
        "both in range": raised(make, accumulate=2, clip_norm=0.01),
        "fit without batches": raised(trainer.fit, [], epochs=1),
        "evaluate without batches": raised(trainer.evaluate, []),
    }


@probe("written_by_hand")
def written_by_hand(solution, rng):
    """A step, a fit with validation and an evaluation, while Keras's own training methods are watched."""
    model = mlp(rng)
    trainer = solution.Trainer(model, mse(), keras.optimizers.SGD(0.05), metrics=[mae()])
    batches = evenly(*regression(rng, 12), 8)
    trainer.train_step(*batches[0])
    trainer.fit(batches, epochs=1, validation_data=batches)
    trainer.evaluate(batches)
    return {"weights": model.get_weights()}
