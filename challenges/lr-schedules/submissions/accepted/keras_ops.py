# style: keras.ops, an exponential schedule of its own, config from vars, a callable class, a table of strategies
import math
import operator
import warnings

import keras
from keras import ops

Schedule = keras.optimizers.schedules.LearningRateSchedule


class Configured(Schedule):
    def get_config(self):
        return dict(vars(self))


class Exponential(Configured):
    def __init__(self, initial_lr, decay_steps, decay_rate, staircase=False):
        self.initial_lr, self.decay_steps, self.decay_rate = initial_lr, decay_steps, decay_rate
        self.staircase = staircase

    def __call__(self, step):
        exponent = ops.cast(step, "float32") / self.decay_steps
        exponent = ops.floor(exponent) if self.staircase else exponent
        return self.initial_lr * ops.exp(exponent * math.log(self.decay_rate))


def exponential_decay(initial_lr, decay_steps, decay_rate, staircase=False):
    return Exponential(initial_lr, decay_steps, decay_rate, staircase)


class WarmupDecay(Configured):
    def __init__(self, initial_lr, warmup_steps, decay_steps):
        self.initial_lr, self.warmup_steps, self.decay_steps = initial_lr, warmup_steps, decay_steps

    def __call__(self, step):
        s = ops.cast(step, "float32")
        up = ops.minimum(1.0, (s + 1.0) / max(1, self.warmup_steps))
        down = ops.exp(-ops.maximum(0.0, s - self.warmup_steps) / self.decay_steps)
        return self.initial_lr * up * down


def lr_schedule_fn(epoch, lr):
    return lr * math.exp(-0.1 * (epoch >= 10))


class EpochCurve:
    def __init__(self, initial_lr, hold_epochs, rate):
        self.initial_lr, self.hold_epochs, self.rate = initial_lr, hold_epochs, rate

    def __call__(self, epoch, lr=None):
        late = max(0, epoch - self.hold_epochs + 1)
        return float(self.initial_lr) * math.exp(-self.rate * late)


def make_epoch_schedule(initial_lr, hold_epochs=10, rate=0.1):
    return EpochCurve(initial_lr, hold_epochs, rate)


class PlateauDecay(keras.callbacks.Callback):
    better = {
        "min": (math.inf, lambda value, best, delta: operator.lt(value, best - delta)),
        "max": (-math.inf, lambda value, best, delta: operator.gt(value, best + delta)),
    }

    def __init__(
        self, monitor="val_loss", factor=0.5, patience=3, min_lr=1e-6, min_delta=1e-4, cooldown=0, mode="min"
    ):
        if mode not in self.better or not (0 < factor and factor < 1):
            raise ValueError("factor is between 0 and 1, mode is min or max")
        super().__init__()
        self.monitor, self.factor, self.patience, self.min_lr = monitor, factor, patience, min_lr
        self.min_delta, self.cooldown = min_delta, cooldown
        self.worst, self.is_better = self.better[mode]

    def on_train_begin(self, logs=None):
        self.best = self.worst
        self.wait = self.cooling = 0

    def on_epoch_end(self, epoch, logs=None):
        rate = self.model.optimizer.learning_rate
        current = float(rate)
        logs["learning_rate"] = current
        value = logs.get(self.monitor)
        if value is None:
            warnings.warn(f"{self.monitor} is not in the logs", stacklevel=2)
            return
        if self.cooling:
            self.cooling, self.wait = self.cooling - 1, 0
        if self.is_better(value, self.best, self.min_delta):
            self.best, self.wait = value, 0
            return
        if self.cooling:
            return
        self.wait += 1
        if self.wait == self.patience:
            self.wait, self.cooling = 0, self.cooldown
            if current > self.min_lr:
                rate.assign(max(current * self.factor, self.min_lr))


def _epoch_callback(initial_lr, **options):
    return keras.callbacks.LearningRateScheduler(make_epoch_schedule(initial_lr, **options))


STRATEGIES = {
    "exponential": (exponential_decay, lambda lr, **options: []),
    "warmup": (WarmupDecay, lambda lr, **options: []),
    "plateau": (lambda lr, **options: lr, lambda lr, **options: [PlateauDecay(**options)]),
    "epoch": (lambda lr, **options: lr, lambda lr, **options: [_epoch_callback(lr, **options)]),
}


def configure_training(model, strategy, initial_lr=0.01, **options):
    if strategy not in STRATEGIES:
        raise ValueError(f"one of {sorted(STRATEGIES)}, not {strategy}")
    rate, callbacks = STRATEGIES[strategy]
    model.compile(keras.optimizers.Adam(learning_rate=rate(initial_lr, **options)), loss="mse")
    return callbacks(initial_lr, **options)
