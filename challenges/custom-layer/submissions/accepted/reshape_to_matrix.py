# style: one matrix product after a reshape, tf.nn.bias_add, and a bound method as the kernel's regularizer
import tensorflow as tf

InputSpec = tf.keras.layers.InputSpec


@tf.keras.utils.register_keras_serializable("interview", "HandMadeDense")
class CustomDenseLayer(tf.keras.layers.Layer):
    def __init__(self, units, activation=None, use_bias=True, l2=0.0, **kwargs):
        if not isinstance(units, int) or units < 1:
            raise ValueError(f"units: expected a positive int, received {units!r}")
        if l2 < 0:
            raise ValueError(f"l2: expected 0 or more, received {l2!r}")
        super().__init__(**kwargs)
        self.units = units
        self.activation = tf.keras.activations.get(activation)
        self.use_bias = use_bias
        self.l2 = l2
        self.input_spec = InputSpec(min_ndim=2)

    def _penalty(self, kernel):
        return self.l2 * tf.reduce_sum(tf.square(kernel))

    def build(self, input_shape):
        *_, width = input_shape
        if width is None:
            raise ValueError("expected an input whose last axis is known")
        self.kernel = self.add_weight(name="kernel", shape=(width, self.units), regularizer=self._penalty)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")
        self.input_spec = InputSpec(min_ndim=2, axes={-1: width})

    def call(self, inputs):
        inputs = tf.cast(inputs, self.compute_dtype)
        leading = tf.shape(inputs)[:-1]
        flat = tf.matmul(tf.reshape(inputs, (-1, self.kernel.shape[0])), self.kernel)
        if self.bias is not None:
            flat = tf.nn.bias_add(flat, self.bias)
        output = tf.reshape(flat, tf.concat([leading, [self.units]], axis=0))
        output.set_shape(self.compute_output_shape(inputs.shape))
        return self.activation(output)

    def compute_mask(self, inputs, mask=None):
        return mask

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        config = {name: getattr(self, name) for name in ("units", "use_bias", "l2")}
        return {**super().get_config(), **config, "activation": tf.keras.activations.serialize(self.activation)}
