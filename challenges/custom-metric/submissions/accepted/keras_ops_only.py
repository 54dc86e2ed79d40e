# style: keras.ops alone, one vector of three counts, MacroF1 from a confusion matrix by einsum
import keras
from keras import ops


def _vector(values):
    return ops.reshape(ops.cast(ops.convert_to_tensor(values), "float32"), (-1,))


def _tally(y_true, y_pred, threshold, sample_weight=None):
    y = _vector(y_true)
    said = ops.cast(_vector(y_pred) > threshold, "float32")
    w = ops.ones_like(y) if sample_weight is None else ops.broadcast_to(_vector(sample_weight), ops.shape(y))
    return ops.stack([ops.sum(w * y * said), ops.sum(w * (1 - y) * said), ops.sum(w * y * (1 - said))])


def _ratio(tp, fp, fn):
    below = 2 * tp + fp + fn
    return ops.where(below > 0, 2 * tp / ops.where(below > 0, below, 1.0), 0.0)


def f1_score(y_true, y_pred, threshold=0.5):
    tally = _tally(y_true, y_pred, threshold)
    return _ratio(tally[0], tally[1], tally[2])


@keras.saving.register_keras_serializable("interview")
class F1Score(keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="f1_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.threshold = threshold
        self.tally = self.add_variable((3,), initializer="zeros", name="tally")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.tally.assign(self.tally + _tally(y_true, y_pred, self.threshold, sample_weight))

    def result(self):
        return _ratio(self.tally[0], self.tally[1], self.tally[2])

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


@keras.saving.register_keras_serializable("interview")
class MacroF1(keras.metrics.Metric):
    def __init__(self, num_classes, name="macro_f1", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.num_classes = num_classes
        self.table = self.add_variable((num_classes, num_classes), initializer="zeros", name="table")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y = ops.reshape(ops.cast(ops.convert_to_tensor(y_true), "int32"), (-1,))
        t = ops.one_hot(y, self.num_classes)
        p = ops.one_hot(ops.argmax(y_pred, axis=-1), self.num_classes)
        if sample_weight is not None:
            t = t * ops.reshape(_vector(sample_weight), (-1, 1))
        self.table.assign(self.table + ops.einsum("nt,np->tp", t, p))

    def result(self):
        table = ops.convert_to_tensor(self.table)
        both = ops.sum(table, axis=0) + ops.sum(table, axis=1)
        seen = ops.cast(both > 0, "float32")
        each = 2 * ops.diagonal(table) / ops.where(both > 0, both, 1.0)
        return ops.sum(each) / ops.maximum(ops.sum(seen), 1.0)

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}
