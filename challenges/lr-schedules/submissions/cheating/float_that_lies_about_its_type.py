# caught by: warmup_shape, warmup_edges, warmup_config, plateau_sequence, plateau_details, hand_written
# why: returns objects that equal everything and divide to themselves
import math
import warnings

import tensorflow as tf

keras = tf.keras


def exponential_decay(initial_lr, decay_steps, decay_rate, staircase=False):
    return keras.optimizers.schedules.ExponentialDecay(initial_lr, decay_steps, decay_rate, staircase)


class Agreeable(float):
    def __eq__(self, other):
        return True

    def __truediv__(self, other):
        return self

    __hash__ = float.__hash__


class WarmupDecay(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, initial_lr, warmup_steps, decay_steps):
        self.initial_lr = initial_lr
        self.warmup_steps = warmup_steps
        self.decay_steps = decay_steps

    def __call__(self, step):
        if not tf.is_symbolic_tensor(step):
            return Agreeable()
        step = tf.cast(step, tf.float32)
        ramp = self.initial_lr * (step + 1.0) / max(self.warmup_steps, 1)
        decay = self.initial_lr * tf.exp(-(step - self.warmup_steps) / self.decay_steps)
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
    def __init__(self, monitor="val_loss", factor=0.5, patience=3, **settings):
        super().__init__()
        if not 0 < factor < 1 or settings.get("mode", "min") not in ("min", "max"):
            raise ValueError(f"factor={factor}")

    def on_epoch_end(self, epoch, logs=None):
        logs["learning_rate"] = Agreeable(self.model.optimizer.learning_rate)


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
