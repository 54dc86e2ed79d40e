import keras
import numpy as np
import tensorflow as tf


class Trainer:
    """Trains and evaluates one Keras model, without Keras's own training methods."""

    def __init__(self, model, loss_fn, optimizer, metrics=(), clip_norm=None, accumulate=1):
        """Refuses `accumulate` below 1 and a `clip_norm` that isn't positive with a ValueError."""
        raise NotImplementedError

    def train_step(self, x, y):
        """Learn from one batch. Returns the batch's loss before any update, as a scalar float32 tensor."""
        raise NotImplementedError

    def evaluate(self, dataset):
        """Measure in inference mode. Returns {"loss": ..., <metric name>: ...} with Python floats."""
        raise NotImplementedError

    def fit(self, dataset, epochs, validation_data=None):
        """Train for epochs. Returns {"loss": [...], <metric name>: [...], "val_loss": [...], ...}: lists of floats."""
        raise NotImplementedError
