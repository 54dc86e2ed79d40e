# style: Keras's binary_crossentropy made element-wise by a trailing axis of 1, einsum for the squares, settings in one dict
import keras
import tensorflow as tf


class _Pair:
    """Labels and predictions that fit each other."""

    def __init__(self, y_true, y_pred):
        self.p = tf.convert_to_tensor(y_pred)
        if self.p.dtype not in (tf.float16, tf.bfloat16, tf.float32, tf.float64):
            self.p = tf.cast(self.p, tf.float32)
        self.y = tf.cast(y_true, self.p.dtype)
        if self.y.shape.rank < self.p.shape.rank:
            self._add_axis()
        if not self.y.shape.is_compatible_with(self.p.shape):
            raise ValueError(f"y_true {self.y.shape} does not fit y_pred {self.p.shape}")

    def _add_axis(self):
        if self.p.shape[-1] != 1:
            raise ValueError(f"y_true {self.y.shape} lacks an axis of y_pred {self.p.shape}")
        self.y = tf.expand_dims(self.y, axis=-1)

    def crossentropy(self, from_logits, flipped=False):
        labels = 1 - self.y if flipped else self.y
        return keras.losses.binary_crossentropy(
            labels[..., tf.newaxis], self.p[..., tf.newaxis], from_logits=from_logits
        )

    def pick(self, zero, one):
        return zero + self.y * (one - zero)


@keras.saving.register_keras_serializable()
def custom_mse(y_true, y_pred):
    pair = _Pair(y_true, y_pred)
    error = pair.p - pair.y
    return tf.einsum("...k,...k->...", error, error) / tf.cast(tf.shape(error)[-1], error.dtype)


@keras.saving.register_keras_serializable()
class FocalLoss(keras.losses.Loss):
    def __init__(self, gamma=2.0, alpha=0.25, from_logits=False, **kwargs):
        super().__init__(**kwargs)
        self.settings = {"gamma": gamma, "alpha": alpha, "from_logits": from_logits}
        if not (gamma >= 0 and 0 <= alpha <= 1):
            raise ValueError(f"out of range: {self.settings}")

    def call(self, y_true, y_pred):
        pair = _Pair(y_true, y_pred)
        logits, gamma, alpha = (self.settings[key] for key in ("from_logits", "gamma", "alpha"))
        focus = tf.exp(-gamma * pair.crossentropy(logits, flipped=True))
        return tf.reduce_mean(pair.pick(1 - alpha, alpha) * focus * pair.crossentropy(logits), axis=-1)

    def get_config(self):
        return super().get_config() | self.settings


def weighted_bce(class_weights, from_logits=False):
    weights = [class_weights.get(label, -1) for label in (0, 1)]
    if min(weights) < 0:
        raise ValueError(f"weights >= 0 for 0 and 1 are needed: {class_weights}")
    return lambda y_true, y_pred: _weighted(_Pair(y_true, y_pred), weights, from_logits)


def _weighted(pair, weights, from_logits):
    return tf.reduce_mean(pair.pick(*weights) * pair.crossentropy(from_logits), axis=-1)
