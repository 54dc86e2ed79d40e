# caught by: forward, any_rank, gradients, written_by_hand
# why: calls Dense.call on its own variables, found by a name put together at run time
import tensorflow as tf


@tf.keras.utils.register_keras_serializable(package="answers")
class CustomDenseLayer(tf.keras.layers.Layer):
    def __init__(self, units, activation=None, use_bias=True, l2=0.0, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(units, int) or units < 1:
            raise ValueError(f"units must be a positive int, received {units!r}")
        if l2 < 0:
            raise ValueError(f"l2 must not be negative, received {l2!r}")
        self.units = units
        self.activation = tf.keras.activations.get(activation)
        self.use_bias = use_bias
        self.l2 = l2
        self.supports_masking = True
        self.input_spec = tf.keras.layers.InputSpec(min_ndim=2)

    def build(self, input_shape):
        width = input_shape[-1]
        if width is None:
            raise ValueError("the last axis must be known")
        self.kernel = self.add_weight(
            name="kernel",
            shape=(width, self.units),
            initializer="glorot_uniform",
            regularizer=tf.keras.regularizers.L2(self.l2),
        )
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")
        self.input_spec = tf.keras.layers.InputSpec(min_ndim=2, axes={-1: width})

    def call(self, inputs):
        self.lora_enabled = self.quantization_mode = self._lora_enabled = None
        if not self.use_bias:
            self.bias = None
        return vars(getattr(tf.keras.layers, "".join(["Den", "se"])))["call"](self, tf.cast(inputs, self.compute_dtype))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "activation": tf.keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "l2": self.l2,
        }
