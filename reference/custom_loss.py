"""Three ways to write a loss for Keras: a function, a `Loss` subclass, and a function made by a function.

All three keep the contract that Keras expects of a loss: one value per sample. Averaging over samples, sample
weights and `reduction` come afterwards and belong to Keras (`keras.losses.Loss.__call__`). A loss that returns its own
mean makes `sample_weight` multiply a constant, and `reduction="none"` return a scalar, without any error.

The two classification losses work with a pair of logarithms, `log p_t` and `log(1 - p_t)`, where `p_t` is the
probability given to the true class. From logits both are `log_sigmoid` of the logit with one sign or the other, so
nothing is rounded to 0 or 1 on the way, and gradients stay finite and right at any logit:

    log p_t       = log_sigmoid(+margin)          margin = +logit for label 1
    log (1 - p_t) = log_sigmoid(-margin)                   -logit for label 0

Lin, Goyal, Girshick, He and Dollar: Focal Loss for Dense Object Detection. ICCV 2017, https://arxiv.org/abs/1708.02002
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

import keras
import tensorflow as tf

Loss = Callable[[Any, Any], tf.Tensor]

# Probabilities are kept this far from 0 and 1: log(1e-7) is -16.1, and float32 still tells 1 - 1e-7 from 1 (float16
# does not, so half precision needs logits).
EPSILON = 1e-7


def _aligned(y_true: Any, y_pred: Any) -> tuple[tf.Tensor, tf.Tensor]:
    """Return both as tensors of `y_pred`'s dtype (float32 when it holds integers) and of one shape.

    Labels may lack a last axis of size 1. Any other difference raises `ValueError`: broadcasting (N,) against (N, 1)
    gives (N, N), whose mean looks like a loss and is none. While a function is traced, an axis of unknown size fits
    every size.
    """
    y_pred = tf.convert_to_tensor(y_pred)
    if not y_pred.dtype.is_floating:
        y_pred = tf.cast(y_pred, tf.float32)
    y_true = tf.cast(y_true, y_pred.dtype)
    labels, predictions = y_true.shape, y_pred.shape
    if predictions.rank is not None and labels.rank == predictions.rank - 1 and predictions[-1] == 1:
        y_true = y_true[..., tf.newaxis]
    if not y_true.shape.is_compatible_with(predictions):
        raise ValueError(
            "y_true must have the shape of y_pred, or lack only a last axis of size 1. "
            f"Received: y_true.shape={labels}, y_pred.shape={predictions}"
        )
    return y_true, y_pred


def _log_probabilities(y_true: tf.Tensor, y_pred: tf.Tensor, *, from_logits: bool) -> tuple[tf.Tensor, tf.Tensor]:
    """Return `log p_t` and `log(1 - p_t)` of every element, both finite, for labels that are 0 or 1."""
    positive = tf.equal(y_true, 1)
    if from_logits:
        margin = tf.where(positive, y_pred, -y_pred)
        return tf.math.log_sigmoid(margin), tf.math.log_sigmoid(-margin)
    probability = tf.clip_by_value(y_pred, EPSILON, 1 - EPSILON)
    log_one, log_zero = tf.math.log(probability), tf.math.log1p(-probability)
    return tf.where(positive, log_one, log_zero), tf.where(positive, log_zero, log_one)


@keras.saving.register_keras_serializable(package="gradetape")
def custom_mse(y_true: Any, y_pred: Any) -> tf.Tensor:
    """Return the mean of the squared differences over the last axis: (N, K) gives (N,), (N, T, K) gives (N, T)."""
    y_true, y_pred = _aligned(y_true, y_pred)
    return tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)


@keras.saving.register_keras_serializable(package="gradetape")
class FocalLoss(keras.losses.Loss):
    """Cross-entropy that turns down what is already easy.

        loss = -alpha_t * (1 - p_t)**gamma * log(p_t)

    with `p_t = p`, `alpha_t = alpha` for label 1 and `p_t = 1 - p`, `alpha_t = 1 - alpha` for label 0 (equation 5 of
    Lin et al., who found 2.0 and 0.25 to work best). `gamma = 0` leaves a cross-entropy with weights.

    The focusing factor is computed as `exp(gamma * log(1 - p_t))`. A power of `1 - p_t` would do for probabilities, but
    for logits `1 - p_t` underflows to 0, where the derivative of a power is infinite for gamma below 1 and turns into
    NaN further up the chain.

    Args:
        gamma: how strongly easy elements are turned down, at least 0.
        alpha: weight of label 1, between 0 and 1; label 0 has the rest.
        from_logits: `y_pred` holds logits. Otherwise probabilities, which are clipped to `[EPSILON, 1 - EPSILON]`: a
            saturated one then has a finite loss and a gradient of 0, so logits are the better choice for training.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Raises:
        ValueError: gamma or alpha out of range, or (when called) shapes that do not fit.
    """

    def __init__(self, gamma: float = 2.0, alpha: float = 0.25, from_logits: bool = False, **kwargs: Any) -> None:
        if not 0 <= gamma < math.inf:
            raise ValueError(f"gamma must be a finite number >= 0. Received: gamma={gamma}")
        if not 0 <= alpha <= 1:
            raise ValueError(f"alpha must be between 0 and 1. Received: alpha={alpha}")
        super().__init__(**kwargs)
        self.gamma = float(gamma)
        self.alpha = float(alpha)
        self.from_logits = bool(from_logits)

    def call(self, y_true: Any, y_pred: Any) -> tf.Tensor:
        """Return the mean over the last axis of every element's loss."""
        y_true, y_pred = _aligned(y_true, y_pred)
        log_p_t, log_not_p_t = _log_probabilities(y_true, y_pred, from_logits=self.from_logits)
        alpha_t = y_true * self.alpha + (1 - y_true) * (1 - self.alpha)
        return tf.reduce_mean(-alpha_t * tf.exp(self.gamma * log_not_p_t) * log_p_t, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return every argument of the constructor; the base class leaves `dtype` out, which a copy would then lose."""
        own = {"gamma": self.gamma, "alpha": self.alpha, "from_logits": self.from_logits, "dtype": self.dtype}
        return super().get_config() | own


def _class_weight(class_weights: Mapping[int, float], label: int) -> float:
    weight: Any = class_weights.get(label)
    if not isinstance(weight, Real) or not 0 <= float(weight) < math.inf:
        raise ValueError(f"class_weights needs a finite number >= 0 for label {label}. Received: {dict(class_weights)}")
    return float(weight)


def weighted_bce(class_weights: Mapping[int, float], from_logits: bool = False) -> Loss:
    """Return a loss `(y_true, y_pred) -> values`: binary cross-entropy with a weight for each class.

        loss = -weight[label] * log(p_t)

    Every element is weighted by its own label before the mean over the last axis, so several labels per sample (N, K)
    each count with their own weight. The mean is not divided by the sum of weights: doubling both weights doubles the
    loss.

    The weights are read and checked once, here: a missing class would otherwise surface in the middle of training. A
    function that closes over its settings cannot be saved with a model; a loss that must be is a `Loss` subclass.

    Args:
        class_weights: weights (>= 0) of label 0 and label 1.
        from_logits: `y_pred` holds logits. Otherwise probabilities, clipped to `[EPSILON, 1 - EPSILON]`.

    Raises:
        ValueError: a class without a usable weight, or (when the loss is called) shapes that do not fit.
    """
    negative, positive = (_class_weight(class_weights, label) for label in (0, 1))

    def weighted_binary_crossentropy(y_true: Any, y_pred: Any) -> tf.Tensor:
        y_true, y_pred = _aligned(y_true, y_pred)
        log_p_t, _ = _log_probabilities(y_true, y_pred, from_logits=from_logits)
        weight = y_true * positive + (1 - y_true) * negative
        return tf.reduce_mean(-weight * log_p_t, axis=-1)

    return weighted_binary_crossentropy
