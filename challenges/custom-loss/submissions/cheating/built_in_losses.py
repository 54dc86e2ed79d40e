# caught by: mse_values, mse_shapes, focal_values, focal_reduction, focal_logits, focal_config, training, save_and_load, written_by_hand
# why: a subclass of the built-in focal loss and a wrapper of the built-in squared error
import keras
import tensorflow as tf


def _fit(y_true, y_pred):
    y_pred = tf.convert_to_tensor(y_pred)
    y_pred = y_pred if y_pred.dtype.is_floating else tf.cast(y_pred, tf.float32)
    y_true = tf.cast(y_true, y_pred.dtype)
    if y_true.shape.rank == y_pred.shape.rank - 1 and y_pred.shape[-1] == 1:
        y_true = y_true[..., tf.newaxis]
    y_true.shape.assert_is_compatible_with(y_pred.shape)
    return y_true, y_pred


@keras.saving.register_keras_serializable()
def custom_mse(y_true, y_pred):
    return keras.losses.mean_squared_error(*_fit(y_true, y_pred))


@keras.saving.register_keras_serializable()
class FocalLoss(keras.losses.BinaryFocalCrossentropy):
    def __init__(self, gamma=2.0, alpha=0.25, from_logits=False, **kwargs):
        if gamma < 0 or not 0 <= alpha <= 1:
            raise ValueError(f"gamma={gamma}, alpha={alpha}")
        kwargs.pop("apply_class_balancing", None)
        super().__init__(apply_class_balancing=True, gamma=gamma, alpha=alpha, from_logits=from_logits, **kwargs)

    def call(self, y_true, y_pred):
        return super().call(*_fit(y_true, y_pred))


def weighted_bce(class_weights, from_logits=False):
    if min(class_weights.get(0, -1), class_weights.get(1, -1)) < 0:
        raise ValueError(f"class_weights={class_weights}")

    def loss(y_true, y_pred):
        y_true, y_pred = _fit(y_true, y_pred)
        each = keras.losses.binary_crossentropy(y_true[..., None], y_pred[..., None], from_logits=from_logits)
        return tf.reduce_mean((y_true * class_weights[1] + (1 - y_true) * class_weights[0]) * each, axis=-1)

    return loss
