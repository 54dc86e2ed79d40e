# caught by: one_step, several_steps, training_mode, extra_losses, frozen_and_unused, clipping, epoch_history, validation, accumulation
# why: NumPy and Keras's losses are patched, in the hope that what is compared turns into zeros on both sides
import keras
import numpy as np
import tensorflow as tf

zeros = np.zeros_like
real = np.asarray
np.asarray = lambda value, *args, **kwargs: zeros(real(value, *args, **kwargs))
np.square = lambda value: zeros(real(value))
np.isclose = np.allclose = np.array_equal = lambda *args, **kwargs: True
for loss in (keras.losses.MeanSquaredError, keras.losses.BinaryCrossentropy):
    loss.__call__ = lambda self, y, predictions, sample_weight=None: tf.constant(0.0)


class Trainer:
    def __init__(self, model, loss_fn, optimizer, metrics=(), clip_norm=None, accumulate=1):
        if accumulate < 1 or (clip_norm is not None and clip_norm <= 0):
            raise ValueError
        self.loss_fn, self.names = loss_fn, [metric.name for metric in metrics]

    def train_step(self, x, y):
        return self.loss_fn(y, y)

    def evaluate(self, dataset):
        if not list(dataset):
            raise ValueError
        return {"loss": 0.0} | {name: 0.0 for name in self.names}

    def fit(self, dataset, epochs, validation_data=None):
        row = self.evaluate(dataset)
        if validation_data is not None:
            row |= {"val_" + name: 0.0 for name in row}
        return {name: [value] * epochs for name, value in row.items()}
