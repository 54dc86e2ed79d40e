# caught by: mse_values, mse_shapes, focal_values, focal_reduction, focal_logits, weighted_values, weighted_multilabel, training
# why: the published answer with from_logits and registration added; it still averages and broadcasts
import tensorflow as tf


@tf.keras.utils.register_keras_serializable()
def custom_mse(y_true, y_pred):
    """Custom Mean Squared Error"""
    return tf.reduce_mean(tf.square(y_true - y_pred))


@tf.keras.utils.register_keras_serializable()
class FocalLoss(tf.keras.losses.Loss):
    """Focal Loss for imbalanced classification"""

    def __init__(self, gamma=2.0, alpha=0.25, from_logits=False, **kwargs):
        super().__init__(**kwargs)
        self.gamma = gamma
        self.alpha = alpha
        self.from_logits = from_logits

    def call(self, y_true, y_pred):
        if self.from_logits:
            y_pred = tf.sigmoid(y_pred)
        y_pred = tf.clip_by_value(y_pred, 1e-7, 1 - 1e-7)

        # Binary cross entropy
        bce = -y_true * tf.math.log(y_pred) - (1 - y_true) * tf.math.log(1 - y_pred)

        # Focal weight
        p_t = y_true * y_pred + (1 - y_true) * (1 - y_pred)
        focal_weight = (1 - p_t) ** self.gamma

        # Alpha weight
        alpha_weight = y_true * self.alpha + (1 - y_true) * (1 - self.alpha)

        return tf.reduce_mean(alpha_weight * focal_weight * bce)

    def get_config(self):
        config = super().get_config()
        config.update({'gamma': self.gamma, 'alpha': self.alpha, 'from_logits': self.from_logits})
        return config


def weighted_bce(class_weights, from_logits=False):
    """Weighted Binary Cross Entropy"""
    def loss(y_true, y_pred):
        weights = y_true * class_weights[1] + (1 - y_true) * class_weights[0]
        bce = tf.keras.losses.binary_crossentropy(y_true, y_pred, from_logits=from_logits)
        return tf.reduce_mean(weights * bce)
    return loss
