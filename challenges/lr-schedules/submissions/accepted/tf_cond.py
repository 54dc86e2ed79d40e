# style: tf.cond with the case of no warm-up decided in Python, NumPy converted by float, ExponentialDecay by keywords
import numpy as np
import tensorflow as tf


def exponential_decay(initial_lr, decay_steps, decay_rate, staircase=False):
    return tf.keras.optimizers.schedules.ExponentialDecay(
        initial_learning_rate=initial_lr, decay_steps=decay_steps, decay_rate=decay_rate, staircase=staircase
    )


@tf.keras.utils.register_keras_serializable("interview")
class WarmupDecay(tf.keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, initial_lr, warmup_steps, decay_steps, name="warmup"):
        self.initial_lr, self.warmup_steps, self.decay_steps, self.name = initial_lr, warmup_steps, decay_steps, name

    def __call__(self, step):
        s = tf.cast(step, tf.float32)

        def decay():
            return self.initial_lr * tf.exp((self.warmup_steps - s) / self.decay_steps)

        if self.warmup_steps == 0:
            return decay()
        return tf.cond(s < self.warmup_steps, lambda: self.initial_lr * (s + 1) / self.warmup_steps, decay)

    def get_config(self):
        return {
            "initial_lr": self.initial_lr,
            "warmup_steps": self.warmup_steps,
            "decay_steps": self.decay_steps,
            "name": self.name,
        }


def lr_schedule_fn(epoch, lr):
    return float(np.where(epoch < 10, lr, lr * np.exp(-0.1)))


def make_epoch_schedule(initial_lr, hold_epochs=10, rate=0.1):
    return lambda epoch, lr=None: float(initial_lr * np.exp(-rate * np.clip(epoch - hold_epochs + 1, 0, None)))


class PlateauDecay(tf.keras.callbacks.Callback):
    def __init__(
        self, monitor="val_loss", factor=0.5, patience=3, min_lr=1e-6, min_delta=1e-4, cooldown=0, mode="min"
    ):
        super().__init__()
        if factor <= 0 or factor >= 1:
            raise ValueError("factor")
        if mode == "min":
            self._gain = lambda value: self.best - value
            self._start = np.inf
        elif mode == "max":
            self._gain = lambda value: value - self.best
            self._start = -np.inf
        else:
            raise ValueError("mode")
        self.monitor, self.factor, self.patience, self.floor = monitor, factor, patience, min_lr
        self.min_delta, self.cooldown = min_delta, cooldown

    def on_train_begin(self, logs=None):
        self.best, self.wait, self.cooling = self._start, 0, 0

    def on_epoch_end(self, epoch, logs=None):
        optimizer = self.model.optimizer
        lr = float(optimizer.learning_rate.numpy())
        logs["learning_rate"] = lr
        if self.monitor not in logs:
            tf.get_logger().warning("%s is not in the logs", self.monitor)
            return
        value = logs[self.monitor]
        if self.cooling > 0:
            self.cooling -= 1
            self.wait = 0
        if self._gain(value) > self.min_delta:
            self.best, self.wait = value, 0
        elif not self.cooling:
            self.wait += 1
            if self.wait >= self.patience:
                self.wait, self.cooling = 0, self.cooldown
                optimizer.learning_rate.assign(min(lr, max(lr * self.factor, self.floor)))


def configure_training(model, strategy, initial_lr=0.01, **options):
    scheduled = {"exponential": exponential_decay, "warmup": WarmupDecay}
    if strategy in scheduled:
        lr, callbacks = scheduled[strategy](initial_lr, **options), []
    elif strategy == "plateau":
        lr, callbacks = initial_lr, [PlateauDecay(**options)]
    elif strategy == "epoch":
        curve = make_epoch_schedule(initial_lr, **options)
        lr, callbacks = initial_lr, [tf.keras.callbacks.LearningRateScheduler(curve, verbose=0)]
    else:
        raise ValueError(f"unknown strategy {strategy}")
    model.compile(tf.keras.optimizers.Adam(lr), "mse")
    return callbacks
