# caught by: function_inputs, function_edges, label_shapes, sample_weight, weight_scale, config, in_fit
# why: the published answer, with the arguments added that it lacks: raw labels, rounding, no weights, no config
import tensorflow as tf


def f1_score(y_true, y_pred, threshold=0.5):
    """F1 Score as a metric"""
    y_pred = tf.round(y_pred)

    tp = tf.reduce_sum(tf.cast(y_true * y_pred, tf.float32))
    fp = tf.reduce_sum(tf.cast((1 - y_true) * y_pred, tf.float32))
    fn = tf.reduce_sum(tf.cast(y_true * (1 - y_pred), tf.float32))

    precision = tp / (tp + fp + tf.keras.backend.epsilon())
    recall = tp / (tp + fn + tf.keras.backend.epsilon())

    return 2 * precision * recall / (precision + recall + tf.keras.backend.epsilon())


class F1Score(tf.keras.metrics.Metric):
    """Stateful F1 Score metric"""

    def __init__(self, threshold=0.5, name="f1_score", **kwargs):
        super().__init__(name=name, **kwargs)
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")
        self.fn = self.add_weight(name="fn", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = tf.cast(y_true, tf.float32)
        y_pred = tf.round(tf.cast(y_pred, tf.float32))

        self.tp.assign_add(tf.reduce_sum(y_true * y_pred))
        self.fp.assign_add(tf.reduce_sum((1 - y_true) * y_pred))
        self.fn.assign_add(tf.reduce_sum(y_true * (1 - y_pred)))

    def result(self):
        precision = self.tp / (self.tp + self.fp + tf.keras.backend.epsilon())
        recall = self.tp / (self.tp + self.fn + tf.keras.backend.epsilon())
        return 2 * precision * recall / (precision + recall + tf.keras.backend.epsilon())

    def reset_states(self):
        self.tp.assign(0)
        self.fp.assign(0)
        self.fn.assign(0)


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
        return tf.math.divide_no_nan(tf.reduce_sum(2 * tp / (2 * tp + fp + fn + tf.keras.backend.epsilon())), tf.reduce_sum(seen))

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}
