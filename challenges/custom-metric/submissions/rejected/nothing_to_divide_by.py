# caught by: function_edges, pooled_over_batches, sample_weight, reset
# why: divides by 0 where nothing is positive
import tensorflow as tf


def _flat(x):
    return tf.reshape(tf.cast(x, tf.float32), [-1])


def _counts(y_true, y_pred, threshold, weight=None):
    y, p = _flat(y_true), tf.cast(_flat(y_pred) > threshold, tf.float32)
    w = tf.ones_like(y) if weight is None else tf.broadcast_to(_flat(weight), tf.shape(y))
    return tf.reduce_sum(w * y * p), tf.reduce_sum(w * (1 - y) * p), tf.reduce_sum(w * y * (1 - p))


def _f1(tp, fp, fn):
    return 2 * tp / (2 * tp + fp + fn)


def f1_score(y_true, y_pred, threshold=0.5):
    return _f1(*_counts(y_true, y_pred, threshold))


class F1Score(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="f1_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", shape=(), initializer="zeros")
        self.fp = self.add_weight(name="fp", shape=(), initializer="zeros")
        self.fn = self.add_weight(name="fn", shape=(), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        tp, fp, fn = _counts(y_true, y_pred, self.threshold, sample_weight)
        self.tp.assign_add(tp)
        self.fp.assign_add(fp)
        self.fn.assign_add(fn)

    def result(self):
        return _f1(self.tp.value, self.fp.value, self.fn.value)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


class MacroF1(tf.keras.metrics.Metric):
    def __init__(self, num_classes, name="macro_f1", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.num_classes = num_classes
        self.tp = self.add_weight(name="tp", shape=(num_classes,), initializer="zeros")
        self.fp = self.add_weight(name="fp", shape=(num_classes,), initializer="zeros")
        self.fn = self.add_weight(name="fn", shape=(num_classes,), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        t = tf.one_hot(tf.reshape(tf.cast(y_true, tf.int32), [-1]), self.num_classes)
        p = tf.one_hot(tf.argmax(y_pred, -1), self.num_classes)
        w = 1.0 if sample_weight is None else tf.reshape(tf.cast(sample_weight, tf.float32), [-1, 1])
        self.tp.assign_add(tf.reduce_sum(w * t * p, 0))
        self.fp.assign_add(tf.reduce_sum(w * (1 - t) * p, 0))
        self.fn.assign_add(tf.reduce_sum(w * t * (1 - p), 0))

    def result(self):
        tp, fp, fn = self.tp.value, self.fp.value, self.fn.value
        seen = tf.cast(2 * tp + fp + fn > 0, tf.float32)
        return tf.math.divide_no_nan(tf.reduce_sum(_f1(tp, fp, fn)), tf.reduce_sum(seen))

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}
