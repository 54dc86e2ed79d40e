# style: boolean masks, tp with predicted and actual positives, precision and recall, tf.math.confusion_matrix
import tensorflow as tf


def _columns(y_true, y_pred, sample_weight):
    truth = tf.cast(tf.squeeze(tf.reshape(y_true, [-1, 1]), 1), tf.bool)
    score = tf.reshape(tf.convert_to_tensor(y_pred), [-1])
    if sample_weight is None:
        weight = tf.ones(tf.shape(score))
    else:
        weight = tf.cast(tf.reshape(sample_weight, [-1]), tf.float32) * tf.ones(tf.shape(score))
    return truth, score, weight


def _sums(y_true, y_pred, threshold, sample_weight=None):
    truth, score, weight = _columns(y_true, y_pred, sample_weight)
    said = tf.greater(score, tf.cast(threshold, score.dtype))

    def total(mask):
        return tf.reduce_sum(tf.boolean_mask(weight, mask))

    return total(tf.logical_and(truth, said)), total(said), total(truth)


def _harmonic(tp, said, truth):
    precision = tf.math.divide_no_nan(tp, said)
    recall = tf.math.divide_no_nan(tp, truth)
    return tf.math.divide_no_nan(2 * precision * recall, precision + recall)


def f1_score(y_true, y_pred, threshold=0.5):
    return _harmonic(*_sums(y_true, y_pred, threshold))


class F1Score(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="f1_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.threshold = threshold
        self.tp = self.add_weight(shape=(), initializer="zeros", name="tp")
        self.said = self.add_weight(shape=(), initializer="zeros", name="said")
        self.truth = self.add_weight(shape=(), initializer="zeros", name="truth")

    def update_state(self, y_true, y_pred, sample_weight=None):
        tp, said, truth = _sums(y_true, y_pred, self.threshold, sample_weight)
        self.tp.assign_add(tp)
        self.said.assign_add(said)
        self.truth.assign_add(truth)

    def result(self):
        return _harmonic(self.tp.value, self.said.value, self.truth.value)

    def reset_state(self):
        for variable in (self.tp, self.said, self.truth):
            variable.assign(0.0)

    def get_config(self):
        config = super().get_config()
        config["threshold"] = self.threshold
        return config


class MacroF1(tf.keras.metrics.Metric):
    def __init__(self, num_classes, name="macro_f1", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.num_classes = num_classes
        self.matrix = self.add_weight(shape=(num_classes, num_classes), initializer="zeros", name="matrix")

    def update_state(self, y_true, y_pred, sample_weight=None):
        labels = tf.reshape(y_true, [-1])
        weight = tf.ones(tf.shape(labels))
        if sample_weight is not None:
            weight *= tf.reshape(tf.cast(sample_weight, tf.float32), [-1])
        self.matrix.assign_add(
            tf.math.confusion_matrix(labels, tf.argmax(y_pred, -1), self.num_classes, weights=weight, dtype=tf.float32)
        )

    def result(self):
        matrix = self.matrix.value
        said, truth = tf.reduce_sum(matrix, 0), tf.reduce_sum(matrix, 1)
        occurs = tf.cast((said > 0) | (truth > 0), tf.float32)
        each = _harmonic(tf.linalg.diag_part(matrix), said, truth)
        return tf.math.divide_no_nan(tf.reduce_sum(each), tf.reduce_sum(occurs))

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}
