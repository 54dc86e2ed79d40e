# caught by: forward, any_rank, gradients, written_by_hand
# why: Dense with one more argument
import tensorflow as tf


@tf.keras.utils.register_keras_serializable(package="answers")
class CustomDenseLayer(tf.keras.layers.Dense):
    def __init__(self, units, activation=None, use_bias=True, l2=0.0, **kwargs):
        if not isinstance(units, int) or l2 < 0:
            raise ValueError("units must be an int and l2 not negative")
        kwargs.pop("kernel_regularizer", None)
        super().__init__(units, activation, use_bias, kernel_regularizer=tf.keras.regularizers.L2(l2), **kwargs)
        self.l2 = l2

    def get_config(self):
        return {**super().get_config(), "l2": self.l2}
