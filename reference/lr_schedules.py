"""Four ways to move a learning rate, and the rule that keeps them apart: a rate has one owner.

A schedule is a function of the step and lives in the optimizer, which then computes its rate and lets nobody set it. A
callback sets the rate between epochs, and needs an optimizer whose rate is a plain number. Handing both to one `fit`
raises a TypeError. So `configure_training` chooses by what drives the rate:

    the step        ->  a LearningRateSchedule in the optimizer     (exponential_decay, WarmupDecay)
    the epoch       ->  LearningRateScheduler with a function       (lr_schedule_fn, make_epoch_schedule)
    a measurement   ->  a callback that remembers                   (PlateauDecay)

The warm-up follows Goyal et al., Accurate, Large Minibatch SGD, 2017, https://arxiv.org/abs/1706.02677, section 2.2: a
linear ramp up to the rate at which the decay then starts.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

EpochSchedule = Callable[..., float]

HOLD_EPOCHS = 10
EPOCH_RATE = 0.1
"""`lr_schedule_fn` and the defaults of `make_epoch_schedule`: ten epochs, then a factor of exp(-0.1) each."""


def exponential_decay(
    initial_lr: float, decay_steps: float, decay_rate: float, staircase: bool = False
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Return `initial_lr * decay_rate ** (step / decay_steps)`, its exponent rounded down if `staircase`."""
    return keras.optimizers.schedules.ExponentialDecay(initial_lr, decay_steps, decay_rate, staircase=staircase)


@keras.saving.register_keras_serializable(package="gradetape")
class WarmupDecay(keras.optimizers.schedules.LearningRateSchedule):
    """A linear ramp up to a rate, and an exponential decay from there.

        step < warmup_steps:   initial_lr * (step + 1) / warmup_steps
        afterwards:            initial_lr * exp(-(step - warmup_steps) / decay_steps)

    The decay counts from the end of the ramp. Counted from step 0, the lower of both curves would turn around before
    the ramp is at its top, and `initial_lr` would never be reached. The ramp counts from 1, so that the first batch
    isn't wasted on a rate of 0.

    Args:
        initial_lr: the rate at the end of the ramp.
        warmup_steps: length of the ramp; 0 leaves it out.
        decay_steps: steps after which the rate has fallen to 1/e.
    """

    def __init__(self, initial_lr: float, warmup_steps: int, decay_steps: float) -> None:
        if warmup_steps < 0 or decay_steps <= 0:
            raise ValueError(
                "Expected warmup_steps >= 0 and decay_steps > 0. "
                f"Received: warmup_steps={warmup_steps}, decay_steps={decay_steps}"
            )
        self.initial_lr = float(initial_lr)
        self.warmup_steps = int(warmup_steps)
        self.decay_steps = float(decay_steps)

    def __call__(self, step: Any) -> tf.Tensor:
        """Return the rate of a step (from 0) as a float32 scalar.

        Inside the compiled step of `fit` the step is symbolic, so the two branches are joined by `tf.where`. It
        computes both, and both are finite everywhere: no division by a warm-up of 0, no exponential of a positive
        number.
        """
        step = tf.cast(step, tf.float32)
        ramp = (step + 1.0) / max(self.warmup_steps, 1)
        decay = tf.exp(-tf.maximum(step - self.warmup_steps, 0.0) / self.decay_steps)
        return self.initial_lr * tf.where(step < self.warmup_steps, ramp, decay)

    def get_config(self) -> dict[str, Any]:
        """Return every argument of the constructor, which saving a compiled model needs."""
        return {"initial_lr": self.initial_lr, "warmup_steps": self.warmup_steps, "decay_steps": self.decay_steps}


def lr_schedule_fn(epoch: int, lr: float) -> float:
    """Return `lr` for the first ten epochs, and `lr * exp(-0.1)` from then on, for `LearningRateScheduler`.

    It builds on the current rate. A second `fit` therefore goes on from where the first one ended, with ten more
    epochs at that rate; `make_epoch_schedule` gives a curve that doesn't. `math.exp` returns the float that Keras 3
    insists on, where `tf.exp` would return a tensor, and fail in epoch 10 only.
    """
    return lr if epoch < HOLD_EPOCHS else lr * math.exp(-EPOCH_RATE)


def make_epoch_schedule(initial_lr: float, hold_epochs: int = HOLD_EPOCHS, rate: float = EPOCH_RATE) -> EpochSchedule:
    """Return `schedule(epoch, lr=None) -> float`: `initial_lr`, falling by exp(-rate) an epoch from `hold_epochs` on.

    The rate is a function of the epoch alone, whatever the optimizer holds: a run that is resumed with `initial_epoch`
    is on the same curve as one that was never interrupted.
    """

    def schedule(epoch: int, lr: float | None = None) -> float:
        return float(initial_lr) * math.exp(-rate * max(0, epoch - hold_epochs + 1))

    return schedule


class PlateauDecay(keras.callbacks.Callback):
    """Cuts the rate when a measurement hasn't improved for some epochs.

    Args:
        monitor: key in the logs of an epoch.
        factor: what the rate is multiplied by, between 0 and 1, both excluded.
        patience: epochs without progress that lead to a cut.
        min_lr: no cut goes below it; a rate that is there already is left alone.
        min_delta: an improvement is more than this.
        cooldown: epochs after a cut during which epochs without progress aren't counted.
        mode: "min" or "max", the direction of progress.

    Raises:
        ValueError: a factor or a mode that can't work.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.5,
        patience: int = 3,
        min_lr: float = 1e-6,
        min_delta: float = 1e-4,
        cooldown: int = 0,
        mode: str = "min",
    ) -> None:
        super().__init__()
        if not 0 < factor < 1:
            raise ValueError(f"Expected a factor between 0 and 1, both excluded. Received: factor={factor}")
        if mode not in ("min", "max"):
            raise ValueError(f'Expected "min" or "max" as mode. Received: mode={mode!r}')
        self.monitor, self.factor, self.patience = monitor, factor, patience
        self.min_lr, self.min_delta, self.cooldown = min_lr, min_delta, cooldown
        self.sign = 1 if mode == "min" else -1
        self._forget()

    def _forget(self) -> None:
        self.best, self.wait, self.cooling = math.inf, 0, 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forget earlier trainings; the rate stays what it is."""
        self._forget()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Note the rate of this epoch in the logs, and set the next one's.

        NaN compares as False with everything, so it never becomes the best value, and counts as an epoch without
        progress.
        """
        logs = {} if logs is None else logs
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        logs["learning_rate"] = rate
        if self.monitor not in logs:
            warnings.warn(
                f"Expected {self.monitor!r} in the logs of epoch {epoch}, received {sorted(logs)}: the rate stays.",
                stacklevel=2,
            )
            return
        if self._out_of_patience(self.sign * float(logs[self.monitor])):
            self.model.optimizer.learning_rate = min(rate, max(rate * self.factor, self.min_lr))

    def _out_of_patience(self, value: float) -> bool:
        """Take note of a value, of which lower is better. Returns whether a cut is due, and starts the cooldown."""
        if self.cooling:
            self.cooling -= 1
            self.wait = 0
        if value < self.best - self.min_delta:
            self.best, self.wait = value, 0
        elif not self.cooling:
            self.wait += 1
        if self.wait < self.patience:
            return False
        self.wait, self.cooling = 0, self.cooldown
        return True


def configure_training(
    model: keras.Model, strategy: str, initial_lr: float = 0.01, **options: Any
) -> list[keras.callbacks.Callback]:
    """Compile `model` with Adam and "mse" so that its rate follows `strategy`; return the callbacks that `fit` needs.

    Args:
        model: the model to compile.
        strategy: "exponential" (options of `exponential_decay`), "warmup" (of `WarmupDecay`), "plateau" (of
            `PlateauDecay`) or "epoch" (of `make_epoch_schedule`).
        initial_lr: the rate to start from, or to reach by the warm-up.
        **options: what the strategy takes besides.

    Raises:
        ValueError: an unknown strategy.
    """
    rate: Any = initial_lr
    callbacks: list[keras.callbacks.Callback] = []
    if strategy == "exponential":
        rate = exponential_decay(initial_lr, **options)
    elif strategy == "warmup":
        rate = WarmupDecay(initial_lr, **options)
    elif strategy == "plateau":
        callbacks = [PlateauDecay(**options)]
    elif strategy == "epoch":
        callbacks = [keras.callbacks.LearningRateScheduler(make_epoch_schedule(initial_lr, **options))]
    else:
        raise ValueError(
            f'Expected "exponential", "warmup", "plateau" or "epoch" as strategy. Received: strategy={strategy!r}'
        )
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    return callbacks
