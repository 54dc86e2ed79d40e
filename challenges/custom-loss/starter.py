import numpy as np
import tensorflow as tf


def custom_mse(y_true, y_pred):
    """Mean of the squared differences over the last axis: (N, K) gives (N,), (N, T, K) gives (N, T)."""
    raise NotImplementedError


class FocalLoss(tf.keras.losses.Loss):
    """alpha_t * (1 - p_t)**gamma * -log(p_t), averaged over the last axis."""

    def __init__(self, gamma=2.0, alpha=0.25, from_logits=False, **kwargs):
        """Raise ValueError for gamma < 0 and for alpha outside [0, 1]."""
        raise NotImplementedError

    def call(self, y_true, y_pred):
        """Return one value per sample; the base class does the rest."""
        raise NotImplementedError

    def get_config(self):
        """Return everything that the constructor needs to make this loss again."""
        raise NotImplementedError


def weighted_bce(class_weights, from_logits=False):
    """Return a function loss(y_true, y_pred): binary cross-entropy times class_weights[label], one value per sample.

    Raise ValueError if a class has no weight, or a negative one.
    """
    raise NotImplementedError
