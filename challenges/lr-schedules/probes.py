"""What is looked at: rates asked for at a step or an epoch, and rates that a training really applied.

Rates are divided by the initial one, which differs from run to run, so that tolerances are relative.
"""

import json
import warnings

import keras
import numpy as np
import tensorflow as tf

from grader.probing import calls_of, probe, raised, report, scratch

schedules = keras.optimizers.schedules
BUILT_IN = {
    "ReduceLROnPlateau": keras.callbacks.ReduceLROnPlateau,
    "ExponentialDecay": schedules.ExponentialDecay,
    "CosineDecay": schedules.CosineDecay,
    "PolynomialDecay": schedules.PolynomialDecay,
    "PiecewiseConstantDecay": schedules.PiecewiseConstantDecay,
    "InverseTimeDecay": schedules.InverseTimeDecay,
}
DISTANT = -1e6


def a_rate(rng):
    return float(np.float32(rng.uniform(0.003, 0.03)))


def rates(schedule, steps, lr):
    """The schedule at these steps, as shares of `lr`."""
    return [schedule(step) / np.float32(lr) for step in steps]


def falling_model(optimizer):
    """One weight whose gradient is 1 whatever happens: with plain SGD it falls by the rate of each batch."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(optimizer, loss="mae", jit_compile=False)
    return model


def applied_rates(model, lr, batches, epochs=1, **settings):
    """Train, and return how far the weight fell in each batch, in units of `lr`; also the history."""
    places = [model.get_weights()[0].item()]
    noting = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: places.append(model.get_weights()[0].item())
    )
    callbacks = [noting, *settings.pop("callbacks", [])]
    x, y = np.ones((batches, 1), "float32"), np.full((batches, 1), DISTANT, "float32")
    history = model.fit(x, y, batch_size=1, epochs=epochs, shuffle=False, verbose=0, callbacks=callbacks, **settings)
    return np.float32(-np.diff(places) / lr), history.history


def noted(history, lr):
    """The rates in a history, in units of `lr`."""
    return np.float32(np.asarray(history["learning_rate"], "float64") / lr)


def watched(callback, lr, *trainings, monitor="val_loss"):
    """Hand values to a callback as epochs of a training would, and return the rate after each, in units of `lr`.

    A value of None is an epoch whose logs lack the monitored one. `trainings` are lists of values.
    """
    model = falling_model(keras.optimizers.SGD(lr))
    callback.set_model(model)
    seen = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for values in trainings:
            callback.on_train_begin()
            for epoch, value in enumerate(values):
                logs = {"loss": 9.0} if value is None else {"loss": 9.0, monitor: float(value)}
                callback.on_epoch_begin(epoch)
                callback.on_epoch_end(epoch, logs)
                seen.append(float(np.asarray(model.optimizer.learning_rate)) / lr)
    return np.float32(seen)


def random_walk(rng, epochs):
    """Values that go up and down by steps well above any min_delta, and down on the whole."""
    return 20 + np.cumsum(rng.choice([-1, 1], epochs, p=[0.55, 0.45]) * rng.uniform(0.2, 0.8, epochs))


@probe("exponential")
def exponential(solution, rng):
    """Steps around decay_steps and far behind, smooth and in stairs."""
    lr, n, base = a_rate(rng), 2 * int(rng.integers(20, 200)), float(rng.uniform(0.5, 0.95))
    steps = [0, 1, n - 1, n, n + 1, 7 * n // 2, 10 * n]
    smooth = solution.exponential_decay(lr, n, base)
    stairs = solution.exponential_decay(lr, n, base, staircase=True)
    return {
        "smooth": rates(smooth, steps, lr),
        "staircase": rates(stairs, steps, lr),
        "are_schedules": [isinstance(each, schedules.LearningRateSchedule) for each in (smooth, stairs)],
    }


@probe("warmup_shape")
def warmup_shape(solution, rng):
    """Every step of the ramp and of the first part of the decay, and some far away."""
    lr, warmup, decay = a_rate(rng), int(rng.integers(20, 40)), int(rng.integers(100, 300))
    schedule = solution.WarmupDecay(lr, warmup, decay)
    far = [warmup + times * decay for times in (1, 3, 8)]
    return {
        "near": rates(schedule, range(warmup + 60), lr),
        "far": rates(schedule, far, lr),
        "is_a_schedule": isinstance(schedule, schedules.LearningRateSchedule),
    }


@probe("warmup_edges")
def warmup_edges(solution, rng):
    """No ramp, a ramp of one step, a ramp much longer than the decay; steps that are tensors; large steps."""
    lr = a_rate(rng)
    schedule = solution.WarmupDecay(lr, 10, 50)
    counter = tf.Variable(0, dtype="int64")
    of_a_tensor = tf.function(schedule)
    of_a_variable = tf.function(lambda: schedule(counter))
    seen = {
        "no warm-up": rates(solution.WarmupDecay(lr, 0, 50), (0, 1, 5), lr),
        "one step": rates(solution.WarmupDecay(lr, 1, 50), (0, 1, 2), lr),
        "long ramp": rates(solution.WarmupDecay(lr, 1000, 5), (0, 3, 999, 1000, 1004), lr),
        "int64 tensor": rates(schedule, tf.constant([0, 9, 10, 30], "int64"), lr),
        "int32 tensor": rates(schedule, tf.constant([0, 9, 10, 30], "int32"), lr),
        "in a graph": rates(of_a_tensor, tf.constant([0, 9, 10, 30], "int64"), lr),
        "large": rates(solution.WarmupDecay(lr, 10, 5e9), (2**20, tf.constant(2**33, "int64")), lr),
        "very late": rates(schedule, (2**20, tf.constant(2**33, "int64")), lr),
        "variable": [],
        "variable in a graph": [],
    }
    for step in (0, 9, 10, 30):
        counter.assign(step)
        seen["variable"] += rates(schedule, [counter], lr)
        seen["variable in a graph"].append(of_a_variable() / np.float32(lr))
    return seen


@probe("warmup_config")
def warmup_config(solution, rng):
    """The schedule goes through JSON by itself and inside of an optimizer."""
    lr, warmup, decay = a_rate(rng), int(rng.integers(5, 9)), int(rng.integers(20, 40))
    original = solution.WarmupDecay(lr, warmup, decay)
    config = json.loads(json.dumps(original.get_config()))
    known = {"WarmupDecay": solution.WarmupDecay}
    packed = json.loads(json.dumps(schedules.serialize(original)))
    optimizer = keras.optimizers.SGD(original)
    packed_optimizer = json.loads(json.dumps(keras.optimizers.serialize(optimizer)))
    copies = {
        "from_config": solution.WarmupDecay.from_config(config),
        "deserialized": schedules.deserialize(packed, custom_objects=known),
    }
    steps = (0, warmup - 1, warmup, warmup + 20)
    seen = {name: rates(copy, steps, lr) for name, copy in copies.items()}
    rebuilt = keras.optimizers.deserialize(packed_optimizer, custom_objects=known)
    seen["optimizer"] = []
    for step in steps:
        rebuilt.iterations.assign(step)
        seen["optimizer"].append(np.float32(np.asarray(rebuilt.learning_rate) / lr))
    settings = [float(config[key]) for key in ("initial_lr", "warmup_steps", "decay_steps")]
    return seen | {"settings": np.float32([settings[0] / lr, *settings[1:]])}


@probe("warmup_in_fit")
def warmup_in_fit(solution, rng):
    """The rate that each of twenty batches was trained with."""
    lr = a_rate(rng)
    model = falling_model(keras.optimizers.SGD(solution.WarmupDecay(lr, 7, 10)))
    applied, _ = applied_rates(model, lr, 20)
    return {"rates": applied, "iterations": int(model.optimizer.iterations)}


@probe("resumes")
def resumes(solution, rng):
    """Five batches, a saved model, ten more batches by the loaded one."""
    lr = a_rate(rng)
    model = falling_model(keras.optimizers.SGD(solution.WarmupDecay(lr, 8, 6)))
    before, _ = applied_rates(model, lr, 5)
    path = scratch() / "model.keras"
    model.save(path)
    loaded = keras.models.load_model(path, custom_objects={"WarmupDecay": solution.WarmupDecay})
    after, _ = applied_rates(loaded, lr, 10)
    return {"before": before, "after": after, "iterations": int(loaded.optimizer.iterations)}


@probe("epoch_functions")
def epoch_functions(solution, rng):
    """The function that builds on the current rate, and the one that doesn't: by themselves, and in fit."""
    lr = a_rate(rng)
    epochs = (0, 9, 10, 11, 40)
    values = [solution.lr_schedule_fn(epoch, lr) for epoch in epochs]
    scheduler = keras.callbacks.LearningRateScheduler(solution.lr_schedule_fn)
    model = falling_model(keras.optimizers.SGD(lr))
    applied, history = applied_rates(model, lr, 1, 14, callbacks=[scheduler])
    seen = {
        "types": [type(value).__name__ for value in values],
        "values": np.float32(np.asarray(values, "float64") / lr),
        "applied": applied,
        "history": noted(history, lr),
    }

    schedule, plain = solution.make_epoch_schedule(lr, 4, 0.3), solution.make_epoch_schedule(lr)
    curve = [plain(epoch) for epoch in epochs] + [schedule(4, 55.0), schedule(7)]
    model = falling_model(keras.optimizers.SGD(123.0))
    fits = []
    for first, last in ((0, 6), (6, 9), (0, 2)):
        follow = keras.callbacks.LearningRateScheduler(schedule)
        fits.append(applied_rates(model, lr, 1, last, initial_epoch=first, callbacks=[follow])[0])
    return seen | {
        "curve": np.float32(np.asarray(curve, "float64") / lr),
        "curve_types": [type(value).__name__ for value in curve],
        "fits": fits,
    }


@probe("plateau_sequence")
def plateau_sequence(solution, rng):
    """A list of losses and the defaults; a random walk, and a callback with less patience."""
    losses = [1, 0.8, 0.9, 0.85, 0.7, 0.75, 0.72, 0.71, 0.74, 0.73, 0.72, 0.69, 0.7, 0.7, 0.7, 0.6, 0.6]
    lr = a_rate(rng)
    walk = random_walk(rng, 30)
    defaults = watched(solution.PlateauDecay(), lr, losses)
    for epoch, rate in enumerate(defaults):
        report(epoch=epoch, loss=losses[epoch], rate=rate * lr)
    quick = solution.PlateauDecay(factor=0.6, patience=2)
    return {"losses": losses, "defaults": defaults, "walk": walk, "quick": watched(quick, lr, walk)}


@probe("plateau_details")
def plateau_details(solution, rng):
    """Each rule by itself."""
    lr = a_rate(rng)
    nan, make = float("nan"), solution.PlateauDecay
    small = [1 - 0.004 * epoch for epoch in range(8)]
    tiny = [1 - 0.00003 * epoch for epoch in range(8)]
    growing = [0.5, 0.6, 0.55, 0.58, 0.7, 0.7, 0.69, 0.71, 0.7, 0.7, 0.7]
    seen = {
        "cooldown 3": watched(make(patience=2, cooldown=3), lr, [1.0] * 14),
        "cooldown 2": watched(make(patience=1, cooldown=2, factor=0.8), lr, random_walk(rng, 30)),
        "min_lr": watched(make(patience=1, min_lr=0.3 * lr), lr, [1.0] * 6),
        "below min_lr": watched(make(patience=1, min_lr=50 * lr), lr, [1.0] * 6),
        "min_delta": watched(make(patience=2, min_delta=0.01), lr, small),
        "default min_delta": watched(make(), lr, tiny),
        "max": watched(make("score", patience=2, mode="max"), lr, growing, monitor="score"),
        "NaN in between": watched(make(patience=2), lr, [1, 0.9, nan, 0.8, nan, nan, 0.7, 0.75, 0.72, 0.6]),
        "NaN first": watched(make(), lr, [nan, 1, 0.5, 0.4, 0.3, 0.2, 0.1]),
        "missing": watched(make(patience=2, cooldown=1), lr, [1, None, 1, None, None, 1, None, 1, 1, 1]),
        "two trainings": watched(make(patience=3), lr, [0.1, 0.2, 0.2], [5, 4, 3, 3, 3], [9, 8, 7, 6]),
        "two trainings, cooldown": watched(make(patience=2, cooldown=4), lr, [1, 1, 1], [1, 1, 1, 1]),
    }
    refused = [
        {"factor": 1.0},
        {"factor": 0.0},
        {"factor": 1.5},
        {"factor": -0.5},
        {"mode": "auto"},
        {"mode": "lowest"},
    ]
    return seen | {"refused": [raised(make, **settings) for settings in refused]}


STRATEGIES = {
    "exponential": {"decay_steps": 4, "decay_rate": 0.7, "staircase": True},
    "warmup": {"warmup_steps": 5, "decay_steps": 9},
    "plateau": {"factor": 0.3, "patience": 2, "monitor": "val_loss"},
    "epoch": {"hold_epochs": 2, "rate": 0.4},
}
VALIDATION = (1.0, 1.0, 1.0, 1.0, 0.5, 0.5)


def trained(solution, lr, strategy, options):
    """Six epochs of three batches under a strategy. The validation loss is made up, and put into the logs."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    callbacks = solution.configure_training(model, strategy, initial_lr=lr, **options)
    before = []
    noting = keras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: before.append(np.asarray(model.optimizer.learning_rate).item() / lr),
        on_epoch_end=lambda epoch, logs: logs.update(val_loss=VALIDATION[epoch]),
    )
    x, y = np.ones((6, 1), "float32"), np.full((6, 1), 3.0, "float32")
    history = model.fit(x, y, batch_size=2, epochs=6, shuffle=False, verbose=0, callbacks=[noting, *callbacks]).history
    seen = {
        "rates": np.float32(before),
        "weight": model.get_weights()[0] / np.float32(lr),
        "loss": np.float32(history["loss"]),
        "optimizer": type(model.optimizer).__name__,
        "callbacks_are_a_list": isinstance(callbacks, list),
        "callbacks_are_none": not callbacks,
    }
    return seen | ({"history": noted(history, lr)} if strategy in ("plateau", "epoch") else {})


@probe("configure_training")
def configure_training(solution, rng):
    """Four models, one for each strategy, and a strategy that doesn't exist."""
    lr = a_rate(rng)
    seen = {strategy: trained(solution, lr, strategy, options) for strategy, options in STRATEGIES.items()}
    return seen | {"unknown": raised(solution.configure_training, falling_model("sgd"), "cosine")}


@probe("hand_written")
def hand_written(solution, rng):
    """Both classes are used once, while it is noted which of the built-in ones are made or called."""
    lr = a_rate(rng)
    ways = {
        f"{name}.{method}": getattr(kind, method)
        for name, kind in BUILT_IN.items()
        for method in ("__init__", "on_epoch_end" if name == "ReduceLROnPlateau" else "__call__")
    }
    with calls_of(ways) as ran:
        schedule, callback = solution.WarmupDecay(lr, 4, 12), solution.PlateauDecay(patience=2)
        values = rates(schedule, (0, 3, 4, 16), lr)
        cut = watched(callback, lr, random_walk(rng, 12))
    inherited = [name for name, kind in BUILT_IN.items() if isinstance(schedule, kind) or isinstance(callback, kind)]
    return {"values": values, "cut": cut, "used": list(ran), "inherited": inherited}
