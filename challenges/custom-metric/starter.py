import numpy as np
import tensorflow as tf


def f1_score(y_true, y_pred, threshold=0.5):
    """2 tp / (2 tp + fp + fn) of one batch, 0 where that can't be divided; a float32 scalar tensor."""
    raise NotImplementedError


class F1Score(tf.keras.metrics.Metric):
    """F1 over all batches since the last reset."""

    def __init__(self, threshold=0.5, name="f1_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        # Make the variables that hold the counts.

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch to the counts; example i counts sample_weight[i] times."""
        raise NotImplementedError

    def result(self):
        """Return the F1 of everything counted so far."""
        raise NotImplementedError

    def get_config(self):
        """Return everything that the constructor needs to make this metric again."""
        raise NotImplementedError


class MacroF1(tf.keras.metrics.Metric):
    """Mean of the classes' F1, over the classes that occur among the labels or the predictions."""

    def __init__(self, num_classes, name="macro_f1", dtype=None):
        super().__init__(name=name, dtype=dtype)
        # Make the variables that hold the counts of each class.

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch of class ids (N,) or (N, 1) and scores (N, num_classes)."""
        raise NotImplementedError

    def result(self):
        """Return the mean F1 of the classes that occur."""
        raise NotImplementedError

    def get_config(self):
        """Return everything that the constructor needs to make this metric again."""
        raise NotImplementedError
