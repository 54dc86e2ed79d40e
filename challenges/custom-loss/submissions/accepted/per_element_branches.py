# style: plain probabilities with a power where that is safe, stable logits by hand, weights gathered from a table, a tf.function as the result
import tensorflow as tf

LOW, HIGH = 1e-7, 1.0 - 1e-7


def _check(labels, outputs):
    outputs = tf.convert_to_tensor(outputs)
    outputs = outputs if outputs.dtype.is_floating else tf.cast(outputs, "float32")
    labels = tf.cast(tf.convert_to_tensor(labels), outputs.dtype)
    if labels.shape.ndims == outputs.shape.ndims - 1 and outputs.shape[-1] == 1:
        labels = tf.stack([labels], axis=-1)
    elif labels.shape.ndims != outputs.shape.ndims:
        raise ValueError(f"rank {labels.shape.ndims} against {outputs.shape.ndims}")
    for ours, theirs in zip(labels.shape, outputs.shape):
        if ours is not None and theirs is not None and ours != theirs:
            raise ValueError(f"{labels.shape} against {outputs.shape}")
    return labels, outputs


def _softplus(x):
    return tf.maximum(x, 0) + tf.math.log1p(tf.exp(-tf.abs(x)))


def _table(labels, zero, one):
    return tf.gather(tf.constant([zero, one], labels.dtype), tf.cast(labels, "int32"))


@tf.keras.utils.register_keras_serializable(package="losses", name="my_mse")
def custom_mse(y_true, y_pred):
    labels, outputs = _check(y_true, y_pred)
    return tf.math.reduce_mean(tf.math.squared_difference(outputs, labels), -1)


@tf.keras.utils.register_keras_serializable(package="losses", name="my_focal")
class FocalLoss(tf.keras.losses.Loss):
    def __init__(self, gamma=2.0, alpha=0.25, from_logits=False, **kwargs):
        if gamma < 0:
            raise ValueError("gamma")
        if not 0.0 <= alpha <= 1.0:
            raise ValueError("alpha")
        super().__init__(**kwargs)
        self._gamma = gamma
        self._alpha = alpha
        self._logits = from_logits

    def call(self, y_true, y_pred):
        labels, outputs = _check(y_true, y_pred)
        if self._logits:
            towards = outputs * (2 * labels - 1)
            cost, focus = _softplus(-towards), tf.exp(-self._gamma * _softplus(towards))
        else:
            p = tf.clip_by_value(outputs, LOW, HIGH)
            p_t = 1 - tf.abs(labels - p)
            cost, focus = -tf.math.log(p_t), (1 - p_t) ** self._gamma
        return tf.reduce_mean(_table(labels, 1 - self._alpha, self._alpha) * focus * cost, axis=-1)

    def get_config(self):
        config = super().get_config()
        config["gamma"] = self._gamma
        config["alpha"] = self._alpha
        config["from_logits"] = self._logits
        return config


def weighted_bce(class_weights, from_logits=False):
    if not {0, 1} <= set(class_weights):
        raise ValueError("both classes need a weight")
    if any(weight < 0 for weight in class_weights.values()):
        raise ValueError("weights must not be negative")
    weights = dict(class_weights)

    @tf.function
    def loss(y_true, y_pred):
        labels, outputs = _check(y_true, y_pred)
        if from_logits:
            cost = tf.nn.sigmoid_cross_entropy_with_logits(labels, outputs)
        else:
            p = tf.clip_by_value(outputs, LOW, HIGH)
            cost = tf.where(labels == 1, -tf.math.log(p), -tf.math.log(1 - p))
        return tf.reduce_mean(_table(labels, weights[0], weights[1]) * cost, axis=-1)

    return loss
