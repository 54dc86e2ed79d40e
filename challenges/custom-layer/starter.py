import tensorflow as tf


class CustomDenseLayer(tf.keras.layers.Layer):
    """output = activation(inputs @ kernel + bias), along the last axis of the inputs."""

    def __init__(self, units, activation=None, use_bias=True, l2=0.0, **kwargs):
        super().__init__(**kwargs)
        raise NotImplementedError

    def build(self, input_shape):
        """Create the variables for inputs of this shape."""
        raise NotImplementedError

    def call(self, inputs):
        """Map (batch, ..., width) to (batch, ..., units)."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape):
        """Say what shape comes out, without building."""
        raise NotImplementedError

    def get_config(self):
        """The constructor's arguments, as data that JSON can hold."""
        raise NotImplementedError
