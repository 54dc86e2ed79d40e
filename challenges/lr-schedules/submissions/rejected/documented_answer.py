# caught by: exponential, warmup_shape, warmup_edges, warmup_config, warmup_in_fit, resumes, epoch_functions, plateau_details, configure_training, hand_written
# why: the published answer with its pieces under the names asked for
import tensorflow as tf


def exponential_decay(initial_lr, decay_steps, decay_rate, staircase=False):
    return tf.keras.optimizers.schedules.ExponentialDecay(
        initial_learning_rate=initial_lr,
        decay_steps=decay_steps,
        decay_rate=decay_rate,
    )


PlateauDecay = tf.keras.callbacks.ReduceLROnPlateau


def lr_schedule_fn(epoch, lr):
    """Custom learning rate schedule"""
    if epoch < 10:
        return lr
    else:
        return lr * tf.math.exp(-0.1)


class WarmupDecay(tf.keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, initial_lr, warmup_steps, decay_steps):
        self.initial_lr = initial_lr
        self.warmup_steps = warmup_steps
        self.decay_steps = decay_steps

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        warmup = self.initial_lr * step / self.warmup_steps
        decay = self.initial_lr * tf.math.exp(-step / self.decay_steps)
        return tf.minimum(warmup, decay)


def make_epoch_schedule(initial_lr, hold_epochs=10, rate=0.1):
    def schedule(epoch, lr=None):
        lr = initial_lr if lr is None else lr
        return lr if epoch < hold_epochs else lr * tf.math.exp(-rate)

    return schedule


def configure_training(model, strategy, initial_lr=0.01, **options):
    lr_schedule = exponential_decay(initial_lr, 1000, 0.9)
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=lr_schedule), loss="mse")
    if strategy == "plateau":
        return [PlateauDecay(**options)]
    if strategy == "epoch":
        return [tf.keras.callbacks.LearningRateScheduler(lr_schedule_fn)]
    return []
