"""F1 as a metric of Keras: a function of one batch, and two metrics that pool counts over batches.

F1 is a ratio of sums, and a mean of ratios isn't the ratio of the means. So a metric must keep the sums: true
positives, false positives and false negatives, each example counting as often as its weight says. Written with counts
instead of precision and recall, one division is left:

    F1 = 2 precision recall / (precision + recall) = 2 tp / (2 tp + fp + fn)

which is undefined only where no example is positive, neither by its label nor by its prediction. `divide_no_nan` makes
that 0. An epsilon in the denominator would do so too, and would pull down every score whose weights are small: with a
total weight of 1e-6, an epsilon of 1e-7 turns a perfect score into 0.95.

Counts are float32 by default. From 2**24 on a float32 no longer changes when 1 is added: for more unweighted examples
than that, give the metrics `dtype="float64"`, which their variables then have too (`add_weight` alone would leave them
float32). Counts of several workers are merged by adding the variables up.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

Counts = tuple[tf.Tensor, tf.Tensor, tf.Tensor]


def _row(values: Any, dtype: str = "float32") -> tf.Tensor:
    """Return one value per example: (N,), (N, 1) and a scalar become (N,), (N,) and (1,).

    Keras hands a metric the labels as `fit` received them, often (N,), beside outputs of shape (N, 1). Left alone, the
    two broadcast to an (N, N) table of all labels against all outputs, whose F1 looks plausible.
    """
    return tf.reshape(tf.cast(values, dtype), [-1])


def _paired(y_true: tf.Tensor, y_pred: tf.Tensor) -> None:
    """Raise ValueError unless there is a prediction for each label; sizes that aren't known yet fit."""
    if not y_true.shape[:1].is_compatible_with(y_pred.shape[:1]):
        raise ValueError(
            "Expected as many labels as predictions. "
            f"Received: {y_true.shape[0]} labels, {y_pred.shape[0]} predictions. Pass both of the same examples."
        )


def _weights(sample_weight: Any, like: tf.Tensor) -> tf.Tensor:
    """Return the weight of each example, in the dtype and shape of `like`: 1 where none is given."""
    if sample_weight is None:
        return tf.ones_like(like)
    return tf.broadcast_to(_row(sample_weight, like.dtype), tf.shape(like))


def _counts(y_true: Any, y_pred: Any, threshold: float, sample_weight: Any = None, dtype: str = "float32") -> Counts:
    """Return the weighted numbers of true positives, false positives and false negatives."""
    label, score = _row(y_true, dtype), _row(y_pred, dtype)
    _paired(label, score)
    positive = tf.cast(score > threshold, dtype)
    weight = _weights(sample_weight, label)
    hits = tf.reduce_sum(weight * label * positive)
    false_alarms = tf.reduce_sum(weight * (1 - label) * positive)
    misses = tf.reduce_sum(weight * label * (1 - positive))
    return hits, false_alarms, misses


def _f1(hits: tf.Tensor, false_alarms: tf.Tensor, misses: tf.Tensor) -> tf.Tensor:
    """Return 2 tp / (2 tp + fp + fn), element by element, and 0 where there is nothing to divide by."""
    return tf.math.divide_no_nan(2 * hits, 2 * hits + false_alarms + misses)


def f1_score(y_true: Any, y_pred: Any, threshold: float = 0.5) -> tf.Tensor:
    """Return the F1 of one batch as a float32 scalar.

    As a function in `metrics=[...]` it would be averaged over batches, which isn't the F1 of all examples: `F1Score`
    is for that.

    Args:
        y_true: labels 0 or 1 of any dtype, (N,) or (N, 1).
        y_pred: scores of any floating dtype, (N,) or (N, 1).
        threshold: a score above it predicts the positive class; one equal to it doesn't.
    """
    return _f1(*_counts(y_true, y_pred, threshold))


@keras.saving.register_keras_serializable(package="gradetape")
class F1Score(keras.metrics.Metric):
    """F1 of the positive class over all examples since the last reset.

    Its variables are what the base class resets, saves and adds up over replicas, so there is no state beside them.

    Args:
        threshold: a score above it predicts the positive class; one equal to it doesn't.
        name: name of the metric, and its key in the history.
        dtype: dtype of the counts and of the result; None is float32.
    """

    def __init__(self, threshold: float = 0.5, name: str = "f1_score", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.threshold = float(threshold)
        self.hits, self.false_alarms, self.misses = (
            self.add_weight(name=count, shape=(), initializer="zeros", dtype=self.dtype) for count in ("tp", "fp", "fn")
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch. `sample_weight` is None, a scalar, (N,) or (N, 1)."""
        counts = _counts(y_true, y_pred, self.threshold, sample_weight, self.dtype)
        for variable, count in zip((self.hits, self.false_alarms, self.misses), counts, strict=True):
            variable.assign_add(count)

    def result(self) -> tf.Tensor:
        """Return the F1 of everything counted so far, 0 before that."""
        return _f1(*(tf.convert_to_tensor(count) for count in (self.hits, self.false_alarms, self.misses)))

    def get_config(self) -> dict[str, Any]:
        """Return every argument of the constructor."""
        return super().get_config() | {"threshold": self.threshold}


@keras.saving.register_keras_serializable(package="gradetape")
class MacroF1(keras.metrics.Metric):
    """The plain mean of the classes' F1, for models with one score per class.

    A class counts in the mean once it occurs, with a weight above 0, among the labels or the predictions. One that
    occurs in neither has no F1: counting it as 0 would make the score depend on how many classes a data set leaves out.

    Args:
        num_classes: number of scores of an example; class ids go from 0 to `num_classes - 1`.
        name: name of the metric, and its key in the history.
        dtype: dtype of the counts and of the result; None is float32.
    """

    def __init__(self, num_classes: int, name: str = "macro_f1", dtype: Any = None) -> None:
        if num_classes < 1:
            raise ValueError(f"Expected at least one class. Received: num_classes={num_classes}")
        super().__init__(name=name, dtype=dtype)
        self.num_classes = int(num_classes)
        self.hits, self.false_alarms, self.misses = (
            self.add_weight(name=count, shape=(self.num_classes,), initializer="zeros", dtype=self.dtype)
            for count in ("tp", "fp", "fn")
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch of class ids, (N,) or (N, 1), and scores (N, num_classes). Weights are those of `F1Score`."""
        label = tf.one_hot(_row(y_true, "int32"), self.num_classes, dtype=self.dtype)
        predicted = tf.one_hot(tf.argmax(y_pred, axis=-1), self.num_classes, dtype=self.dtype)
        _paired(label, predicted)
        weight = _weights(sample_weight, label[:, 0])[:, tf.newaxis]
        self.hits.assign_add(tf.reduce_sum(weight * label * predicted, axis=0))
        self.false_alarms.assign_add(tf.reduce_sum(weight * (1 - label) * predicted, axis=0))
        self.misses.assign_add(tf.reduce_sum(weight * label * (1 - predicted), axis=0))

    def result(self) -> tf.Tensor:
        """Return the mean F1 of the classes seen so far, 0 before any."""
        hits, false_alarms, misses = (tf.convert_to_tensor(v) for v in (self.hits, self.false_alarms, self.misses))
        seen = tf.cast(2 * hits + false_alarms + misses > 0, hits.dtype)
        return tf.math.divide_no_nan(tf.reduce_sum(_f1(hits, false_alarms, misses)), tf.reduce_sum(seen))

    def get_config(self) -> dict[str, Any]:
        """Return every argument of the constructor."""
        return super().get_config() | {"num_classes": self.num_classes}
