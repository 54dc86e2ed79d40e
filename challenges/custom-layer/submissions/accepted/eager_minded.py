# style: tf.Module habits: activation kept as given and looked up late, weights in a dict, from_config of its own
import tensorflow as tf
from keras.saving import deserialize_keras_object, register_keras_serializable, serialize_keras_object


@register_keras_serializable(package="team")
class CustomDenseLayer(tf.keras.layers.Layer):
    """A dense layer that keeps its variables in one dict."""

    def __init__(self, units, activation=None, use_bias=True, l2=0.0, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(units, int):
            raise ValueError("units must be an int")
        if units < 1:
            raise ValueError("units must be positive")
        if l2 < 0:
            raise ValueError("l2 must be at least 0")
        tf.keras.activations.get(activation)
        self.arguments = {"units": units, "use_bias": use_bias, "l2": l2}
        self.given_activation = activation
        self.supports_masking = True
        self.input_spec = tf.keras.layers.InputSpec(min_ndim=2)

    def build(self, input_shape):
        width, units = input_shape[-1], self.arguments["units"]
        if not width:
            raise ValueError("the number of features must be known")
        regularizer = tf.keras.regularizers.L2(self.arguments["l2"]) if self.arguments["l2"] > 0 else None
        self.variables_by_name = {"kernel": self.add_weight(name="kernel", shape=[width, units], regularizer=regularizer)}
        if self.arguments["use_bias"]:
            self.variables_by_name["bias"] = self.add_weight(name="bias", shape=[units], initializer="zeros")
        self.input_spec = tf.keras.layers.InputSpec(min_ndim=2, axes={-1: width})

    def call(self, inputs):
        output = tf.cast(inputs, self.compute_dtype) @ tf.convert_to_tensor(self.variables_by_name["kernel"])
        if "bias" in self.variables_by_name:
            output += self.variables_by_name["bias"]
        return tf.keras.activations.get(self.given_activation)(output)

    def compute_output_shape(self, input_shape):
        shape = list(input_shape)
        shape[-1] = self.arguments["units"]
        return tuple(shape)

    def get_config(self):
        return super().get_config() | self.arguments | {"activation": serialize_keras_object(self.given_activation)}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "activation": deserialize_keras_object(config["activation"])})
