# style: the documented structure repaired, with assert_is_compatible_with for shapes and log-probabilities throughout
import tensorflow as tf


def prepare(y_true, y_pred):
    y_pred = tf.convert_to_tensor(y_pred)
    if not y_pred.dtype.is_floating:
        y_pred = tf.cast(y_pred, tf.float32)
    y_true = tf.cast(y_true, y_pred.dtype)
    if len(y_true.shape) + 1 == len(y_pred.shape) and y_pred.shape[-1] == 1:
        y_true = tf.expand_dims(y_true, -1)
    y_true.shape.assert_is_compatible_with(y_pred.shape)
    return y_true, y_pred


def log_p(y_pred, from_logits):
    """log(p) and log(1 - p)"""
    if from_logits:
        return tf.math.log_sigmoid(y_pred), tf.math.log_sigmoid(-y_pred)
    y_pred = tf.clip_by_value(y_pred, 1e-7, 1 - 1e-7)
    return tf.math.log(y_pred), tf.math.log1p(-y_pred)


@tf.keras.utils.register_keras_serializable()
def custom_mse(y_true, y_pred):
    """Custom Mean Squared Error"""
    y_true, y_pred = prepare(y_true, y_pred)
    return tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)


@tf.keras.utils.register_keras_serializable()
class FocalLoss(tf.keras.losses.Loss):
    """Focal Loss for imbalanced classification"""

    def __init__(self, gamma=2.0, alpha=0.25, from_logits=False, **kwargs):
        super().__init__(**kwargs)
        if gamma < 0:
            raise ValueError(f"gamma must not be negative, not {gamma}")
        if alpha < 0 or alpha > 1:
            raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")
        self.gamma = gamma
        self.alpha = alpha
        self.from_logits = from_logits

    def call(self, y_true, y_pred):
        y_true, y_pred = prepare(y_true, y_pred)
        log_one, log_zero = log_p(y_pred, self.from_logits)

        # Binary cross entropy, and the same for the other label
        bce = -y_true * log_one - (1 - y_true) * log_zero
        log_miss = y_true * log_zero + (1 - y_true) * log_one

        focal_weight = tf.exp(self.gamma * log_miss)
        alpha_weight = y_true * self.alpha + (1 - y_true) * (1 - self.alpha)
        return tf.reduce_mean(alpha_weight * focal_weight * bce, axis=-1)

    def get_config(self):
        config = super().get_config()
        config.update({"gamma": self.gamma, "alpha": self.alpha, "from_logits": self.from_logits})
        return config


def weighted_bce(class_weights, from_logits=False):
    """Weighted Binary Cross Entropy"""
    for label in (0, 1):
        if label not in class_weights or class_weights[label] < 0:
            raise ValueError(f"class_weights must hold a number >= 0 for {label}: {class_weights}")

    def loss(y_true, y_pred):
        y_true, y_pred = prepare(y_true, y_pred)
        log_one, log_zero = log_p(y_pred, from_logits)
        weighted = y_true * class_weights[1] * log_one + (1 - y_true) * class_weights[0] * log_zero
        return -tf.reduce_mean(weighted, axis=-1)

    return loss
