# style: examples sorted into four cells by the code 2 y + said, added up with segment sums; one mixin for both metrics
import tensorflow as tf


def _cells(y_true, y_pred, threshold, sample_weight=None):
    """Weights of [true negatives, false alarms, misses, hits]."""
    y = tf.reshape(tf.cast(y_true, tf.int32), (-1,))
    said = tf.cast(tf.reshape(tf.cast(y_pred, tf.float32), (-1,)) > threshold, tf.int32)
    weight = tf.cast(1.0 if sample_weight is None else sample_weight, tf.float32)
    weight = tf.zeros(tf.shape(y)) + tf.reshape(weight, (-1,))
    return tf.math.unsorted_segment_sum(weight, 2 * y + said, 4)


def _f1(cells):
    _, fp, fn, tp = tf.unstack(cells)
    return tf.math.divide_no_nan(2.0 * tp, 2.0 * tp + fp + fn)


def f1_score(y_true, y_pred, threshold=0.5):
    return _f1(_cells(y_true, y_pred, threshold))


class Configured:
    """Remembers the constructor's own arguments."""

    settings = ()

    def get_config(self):
        return super().get_config() | {key: getattr(self, key) for key in self.settings}


class F1Score(Configured, tf.keras.metrics.Metric):
    settings = ("threshold",)

    def __init__(self, threshold=0.5, name="f1_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.threshold = threshold
        self.cells = self.add_weight(name="cells", shape=(4,), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.cells.assign_add(_cells(y_true, y_pred, self.threshold, sample_weight))

    def result(self):
        return _f1(tf.convert_to_tensor(self.cells))


class MacroF1(Configured, tf.keras.metrics.Metric):
    settings = ("num_classes",)

    def __init__(self, num_classes, name="macro_f1", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.num_classes = num_classes
        self.hit, self.label, self.said = (
            self.add_weight(name=name, shape=(num_classes,), initializer="zeros") for name in ("hit", "label", "said")
        )

    def update_state(self, y_true, y_pred, sample_weight=None):
        y = tf.reshape(tf.cast(y_true, tf.int64), (-1,))
        said = tf.argmax(y_pred, axis=1)
        weight = tf.cast(1.0 if sample_weight is None else sample_weight, tf.float32)
        weight = tf.zeros(tf.shape(y)) + tf.reshape(weight, (-1,))
        right = weight * tf.cast(y == said, tf.float32)
        for variable, values, ids in ((self.hit, right, y), (self.label, weight, y), (self.said, weight, said)):
            variable.assign_add(tf.math.unsorted_segment_sum(values, ids, self.num_classes))

    def result(self):
        below = self.label + self.said
        occurring = tf.math.count_nonzero(below > 0, dtype=tf.float32)
        return tf.math.divide_no_nan(tf.reduce_sum(tf.math.divide_no_nan(2 * self.hit, below)), occurring)
