"""The reference schedules against formulas and against rates that a training applied."""

import json
import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference.lr_schedules import (
    PlateauDecay,
    WarmupDecay,
    configure_training,
    exponential_decay,
    lr_schedule_fn,
    make_epoch_schedule,
)

LR = 0.02


def warmup_by_hand(step, warmup, decay):
    return LR * (step + 1) / warmup if step < warmup else LR * math.exp((warmup - step) / decay)


def one_weight(optimizer):
    """A model whose weight falls by the rate in each step of plain SGD."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(optimizer, "mae", jit_compile=False)
    return model


def applied(model, batches, **settings):
    places = [model.get_weights()[0].item()]
    note = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: places.append(model.get_weights()[0].item())
    )
    x, y = np.ones((batches, 1), "float32"), np.full((batches, 1), -1e6, "float32")
    model.fit(x, y, batch_size=1, verbose=0, callbacks=[note, *settings.pop("callbacks", [])], **settings)
    return -np.diff(places)


class Optimizer:
    learning_rate = LR


class Model:
    def __init__(self):
        self.optimizer = Optimizer()


def rates_of(callback, *trainings):
    """The rate after each epoch; a value of None is missing in the logs."""
    callback.set_model(Model())
    seen = []
    for values in trainings:
        callback.on_train_begin()
        for epoch, value in enumerate(values):
            logs = {} if value is None else {callback.monitor: value}
            before = callback.model.optimizer.learning_rate
            callback.on_epoch_end(epoch, logs)
            assert logs["learning_rate"] == pytest.approx(before)
            seen.append(callback.model.optimizer.learning_rate / LR)
    return seen


@pytest.mark.parametrize("staircase", [False, True])
def test_exponential_decay_is_a_power(staircase):
    schedule = exponential_decay(LR, 40, 0.7, staircase)
    for step in (0, 39, 40, 41, 140, 400):
        exponent = step // 40 if staircase else step / 40
        assert float(schedule(step)) == pytest.approx(LR * 0.7**exponent, rel=1e-5)


@pytest.mark.parametrize(("warmup", "decay"), [(0, 5), (1, 5), (7, 3), (10, 100), (1000, 5)])
def test_warmup_reaches_the_rate_and_decays_from_there(warmup, decay):
    schedule = WarmupDecay(LR, warmup, decay)
    steps = [*range(30), 999, 1000, 1004]
    expected = [warmup_by_hand(step, warmup, decay) for step in steps]
    np.testing.assert_allclose([float(schedule(step)) for step in steps], expected, rtol=1e-4, atol=1e-30)
    assert max(expected) == pytest.approx(LR)


@pytest.mark.parametrize("kind", [tf.constant, tf.Variable])
@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_steps_may_be_tensors(kind, dtype):
    rate = WarmupDecay(LR, 10, 50)(kind(9, dtype=dtype))
    assert (rate.dtype, rate.shape) == (tf.float32, ())
    assert float(rate) == pytest.approx(LR)


def test_large_steps_are_finite():
    late = tf.constant(2**33, "int64")
    assert float(WarmupDecay(LR, 10, 50)(late)) == 0
    assert float(WarmupDecay(LR, 10, 5e9)(late)) == pytest.approx(LR * math.exp(-(2**33) / 5e9), rel=1e-4)


def test_settings_that_cannot_work_are_refused():
    for settings in ((LR, -1, 5), (LR, 5, 0)):
        with pytest.raises(ValueError, match="Received"):
            WarmupDecay(*settings)


def test_a_schedule_comes_back_from_json():
    schedules = keras.optimizers.schedules
    copy = schedules.deserialize(json.loads(json.dumps(schedules.serialize(WarmupDecay(LR, 7, 3)))))
    assert float(copy(3)) == pytest.approx(warmup_by_hand(3, 7, 3))
    assert float(copy(20)) == pytest.approx(warmup_by_hand(20, 7, 3), rel=1e-4)


def test_training_applies_the_schedule_and_resumes_it(tmp_path):
    model = one_weight(keras.optimizers.SGD(WarmupDecay(LR, 4, 5)))
    first = applied(model, 3)
    model.save(tmp_path / "model.keras")
    second = applied(keras.models.load_model(tmp_path / "model.keras"), 5)
    np.testing.assert_allclose([*first, *second], [warmup_by_hand(step, 4, 5) for step in range(8)], rtol=1e-4)


def test_the_epoch_function_returns_floats():
    values = [lr_schedule_fn(epoch, LR) for epoch in (0, 9, 10, 30)]
    assert [type(value) for value in values] == [float] * 4
    assert values == pytest.approx([LR, LR, LR * math.exp(-0.1), LR * math.exp(-0.1)])


def test_the_curve_depends_on_the_epoch_alone():
    schedule = make_epoch_schedule(LR, hold_epochs=3, rate=0.4)
    expected = [LR, LR, LR, LR * math.exp(-0.4), LR * math.exp(-0.8)]
    assert [schedule(epoch) for epoch in range(5)] == pytest.approx(expected)
    assert [schedule(epoch, 77.0) for epoch in range(5)] == pytest.approx(expected)
    assert type(make_epoch_schedule(1)(0)) is float


def test_a_resumed_fit_follows_the_curve():
    model = one_weight(keras.optimizers.SGD(9.0))
    follow = keras.callbacks.LearningRateScheduler(make_epoch_schedule(LR, hold_epochs=1, rate=0.4))
    resumed = [
        applied(model, 1, epochs=2, callbacks=[follow]),
        applied(model, 1, epochs=4, initial_epoch=2, callbacks=[follow]),
    ]
    np.testing.assert_allclose(np.concatenate(resumed), LR * np.exp([0, -0.4, -0.8, -1.2]), rtol=1e-4)


@pytest.mark.parametrize(
    ("settings", "values", "expected"),
    [
        ({"patience": 2}, [1, 0.9, 0.95, 0.92, 0.91, 0.93], [1, 1, 1, 0.5, 0.5, 0.25]),
        ({"patience": 1, "cooldown": 2}, [1, 1, 1, 1, 1], [1, 0.5, 0.5, 0.25, 0.25]),
        ({"patience": 1, "min_lr": 0.6 * LR}, [1, 1, 1], [1, 0.6, 0.6]),
        ({"patience": 1, "min_lr": 3 * LR}, [1, 1, 1], [1, 1, 1]),
        ({"patience": 2, "min_delta": 0.1}, [1, 0.95, 0.92, 0.8], [1, 1, 0.5, 0.5]),
        ({"patience": 1, "mode": "max"}, [1, 2, 3, 2], [1, 1, 1, 0.5]),
        ({"patience": 2}, [math.nan, 1, math.nan, 0.9, math.nan, math.nan], [1, 1, 1, 1, 1, 0.5]),
        ({"patience": 2, "factor": 0.1}, [1, 1, 1], [1, 1, 0.1]),
    ],
)
def test_the_plateau_follows_its_rules(settings, values, expected):
    assert rates_of(PlateauDecay(**settings), values) == pytest.approx(expected)


def test_a_missing_value_warns_and_changes_nothing():
    with pytest.warns(UserWarning, match="val_loss"):
        assert rates_of(PlateauDecay(patience=2), [1, None, 1, None, 1]) == pytest.approx([1, 1, 1, 1, 0.5])


def test_a_second_training_starts_from_nothing_but_the_rate():
    assert rates_of(PlateauDecay(patience=2, cooldown=3), [1, 1, 1], [2, 1.5, 1.5, 1.5]) == pytest.approx(
        [1, 1, 0.5, 0.5, 0.5, 0.5, 0.25]
    )


@pytest.mark.parametrize("settings", [{"factor": 1.0}, {"factor": 0.0}, {"mode": "auto"}])
def test_impossible_settings_are_refused(settings):
    with pytest.raises(ValueError, match="Received"):
        PlateauDecay(**settings)


@pytest.mark.parametrize(
    ("strategy", "options", "callbacks", "rates"),
    [
        ("exponential", {"decay_steps": 1, "decay_rate": 0.5}, [], [1, 0.5]),
        ("warmup", {"warmup_steps": 4, "decay_steps": 9}, [], [0.25, 0.5]),
        ("plateau", {"patience": 7}, [PlateauDecay], [1, 1]),
        ("epoch", {"hold_epochs": 3}, [keras.callbacks.LearningRateScheduler], [1, 1]),
    ],
)
def test_each_strategy_has_one_owner(strategy, options, callbacks, rates):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    made = configure_training(model, strategy, LR, **options)
    assert [type(callback) for callback in made] == callbacks
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    assert model.loss == "mse"
    seen = []
    for step in range(2):
        model.optimizer.iterations.assign(step)
        seen.append(float(model.optimizer.learning_rate) / LR)
    assert seen == pytest.approx(rates)
    if made:
        made[0].set_model(model)
        made[0].on_epoch_begin(3)
        assert float(model.optimizer.learning_rate) / LR == pytest.approx(math.exp(-0.1) if strategy == "epoch" else 1)


def test_an_unknown_strategy_is_refused():
    with pytest.raises(ValueError, match="cosine"):
        configure_training(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]), "cosine")
