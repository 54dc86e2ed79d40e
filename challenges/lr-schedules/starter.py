import numpy as np
import tensorflow as tf


def exponential_decay(initial_lr, decay_steps, decay_rate, staircase=False):
    """Return a schedule: initial_lr * decay_rate ** (step / decay_steps)."""
    raise NotImplementedError


class WarmupDecay(tf.keras.optimizers.schedules.LearningRateSchedule):
    """A linear ramp to initial_lr, and an exponential decay from there."""

    def __init__(self, initial_lr, warmup_steps, decay_steps):
        raise NotImplementedError

    def __call__(self, step):
        """Return the rate of this step, a float32 scalar."""
        raise NotImplementedError

    def get_config(self):
        """Return everything that the constructor needs to make this schedule again."""
        raise NotImplementedError


def lr_schedule_fn(epoch, lr):
    """Return lr for ten epochs, and lr * e^-0.1 from then on."""
    raise NotImplementedError


def make_epoch_schedule(initial_lr, hold_epochs=10, rate=0.1):
    """Return a function schedule(epoch, lr=None) that doesn't look at lr."""
    raise NotImplementedError


class PlateauDecay(tf.keras.callbacks.Callback):
    """Cuts the rate when the monitored value hasn't improved for `patience` epochs."""

    def __init__(self, monitor="val_loss", factor=0.5, patience=3, min_lr=1e-6, min_delta=1e-4, cooldown=0, mode="min"):
        raise NotImplementedError

    def on_train_begin(self, logs=None):
        """Forget earlier trainings."""
        raise NotImplementedError

    def on_epoch_end(self, epoch, logs=None):
        """Note the rate in the logs, and cut it if it is time to."""
        raise NotImplementedError


def configure_training(model, strategy, initial_lr=0.01, **options):
    """Compile the model with Adam and "mse", and return the callbacks that fit needs."""
    raise NotImplementedError
