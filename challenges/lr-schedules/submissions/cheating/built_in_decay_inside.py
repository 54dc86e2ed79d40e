# caught by: hand_written
# why: has an ExponentialDecay do the second half of WarmupDecay
import math
import warnings

import tensorflow as tf

keras = tf.keras


def exponential_decay(initial_lr, decay_steps, decay_rate, staircase=False):
    return keras.optimizers.schedules.ExponentialDecay(initial_lr, decay_steps, decay_rate, staircase)


class WarmupDecay(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, initial_lr, warmup_steps, decay_steps):
        self.initial_lr = initial_lr
        self.warmup_steps = warmup_steps
        self.decay_steps = decay_steps

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        ramp = self.initial_lr * (step + 1.0) / max(self.warmup_steps, 1)
        inner = keras.optimizers.schedules.ExponentialDecay(self.initial_lr, self.decay_steps, math.exp(-1))
        decay = inner(tf.maximum(step - self.warmup_steps, 0.0))
        return tf.where(step < self.warmup_steps, ramp, decay)

    def get_config(self):
        return {"initial_lr": self.initial_lr, "warmup_steps": self.warmup_steps, "decay_steps": self.decay_steps}


def lr_schedule_fn(epoch, lr):
    if epoch < 10:
        return lr
    return lr * math.exp(-0.1)


def make_epoch_schedule(initial_lr, hold_epochs=10, rate=0.1):
    def schedule(epoch, lr=None):
        return initial_lr * math.exp(-rate * max(0, epoch - hold_epochs + 1))

    return schedule


class PlateauDecay(keras.callbacks.Callback):
    def __init__(
        self, monitor="val_loss", factor=0.5, patience=3, min_lr=1e-6, min_delta=1e-4, cooldown=0, mode="min"
    ):
        super().__init__()
        if not 0 < factor < 1:
            raise ValueError(f"factor={factor}")
        if mode not in ("min", "max"):
            raise ValueError(f"mode={mode}")
        self.monitor, self.factor, self.patience = monitor, factor, patience
        self.min_lr, self.min_delta, self.cooldown = min_lr, min_delta, cooldown
        self.sign = -1 if mode == "max" else 1
        self.best, self.wait, self.cooling = math.inf, 0, 0

    def on_train_begin(self, logs=None):
        self.best, self.wait, self.cooling = math.inf, 0, 0

    def on_epoch_end(self, epoch, logs=None):
        lr = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        logs["learning_rate"] = lr
        if self.monitor not in logs:
            warnings.warn(f"no {self.monitor}")
            return
        value = self.sign * float(logs[self.monitor])
        if self.cooling > 0:
            self.cooling -= 1
            self.wait = 0
        if value < self.best - self.min_delta:
            self.best = value
            self.wait = 0
        elif self.cooling == 0:
            self.wait += 1
            if self.wait >= self.patience:
                if lr > self.min_lr:
                    self.model.optimizer.learning_rate = max(lr * self.factor, self.min_lr)
                self.wait = 0
                self.cooling = self.cooldown


def configure_training(model, strategy, initial_lr=0.01, **options):
    rate, callbacks = initial_lr, []
    if strategy == "exponential":
        rate = exponential_decay(initial_lr, **options)
    elif strategy == "warmup":
        rate = WarmupDecay(initial_lr, **options)
    elif strategy == "plateau":
        callbacks = [PlateauDecay(**options)]
    elif strategy == "epoch":
        callbacks = [keras.callbacks.LearningRateScheduler(make_epoch_schedule(initial_lr, **options))]
    else:
        raise ValueError(f"strategy={strategy}")
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    return callbacks
