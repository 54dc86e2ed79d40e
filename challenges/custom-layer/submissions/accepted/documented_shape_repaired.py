# style: the documented answer's shape, repaired: tf.matmul, InputSpec with axes, a registered name of its own
import tensorflow as tf


@tf.keras.utils.register_keras_serializable(package="app", name="Dense2")
class CustomDenseLayer(tf.keras.layers.Layer):
    def __init__(self, units, activation=None, use_bias=True, l2=0.0, **kwargs):
        super().__init__(**kwargs)
        if isinstance(units, bool) or not isinstance(units, int) or units <= 0:
            raise ValueError(f"units must be a positive integer, got {units!r}")
        if l2 < 0:
            raise ValueError(f"l2 must not be negative, got {l2!r}")
        self.units = units
        self.activation = tf.keras.activations.get(activation)
        self.use_bias = use_bias
        self.l2 = l2
        self.supports_masking = True
        self.input_spec = tf.keras.layers.InputSpec(min_ndim=2)

    def build(self, input_shape):
        if input_shape[-1] is None:
            raise ValueError("the last dimension must be defined")
        self.w = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], self.units),
            initializer="glorot_uniform",
            regularizer=tf.keras.regularizers.l2(self.l2) if self.l2 else None,
            trainable=True,
        )
        if self.use_bias:
            self.b = self.add_weight(name="bias", shape=(self.units,), initializer="zeros", trainable=True)
        self.input_spec = tf.keras.layers.InputSpec(min_ndim=2, axes={-1: input_shape[-1]})
        super().build(input_shape)

    def call(self, inputs):
        output = tf.matmul(tf.cast(inputs, self.compute_dtype), self.w)
        if self.use_bias:
            output = output + self.b
        return self.activation(output)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape[:-1]) + (self.units,)

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "units": self.units,
                "activation": tf.keras.activations.serialize(self.activation),
                "use_bias": self.use_bias,
                "l2": self.l2,
            }
        )
        return config
