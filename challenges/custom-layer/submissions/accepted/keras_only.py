# style: Keras alone: ops.einsum, its own checks of rank and width in build and call, keras.regularizers.l2 even at strength 0
import keras
from keras import ops


@keras.saving.register_keras_serializable()
class CustomDenseLayer(keras.Layer):
    def __init__(self, units, activation=None, use_bias=True, l2=0.0, **kwargs):
        super().__init__(**kwargs)
        if type(units) is not int or units < 1:
            raise ValueError("units: a positive int, please")
        if not l2 >= 0.0:
            raise ValueError("l2: zero or more, please")
        self._units, self._use_bias, self._l2 = units, use_bias, l2
        self._activation = keras.activations.get(activation)
        self.supports_masking = True

    def build(self, input_shape):
        if len(input_shape) < 2 or input_shape[-1] is None:
            raise ValueError(f"rank 2 or more and a known width, please; received the shape {input_shape}")
        self._width = input_shape[-1]
        self._matrix = self.add_weight(
            shape=(self._width, self._units),
            initializer=keras.initializers.GlorotUniform(),
            regularizer=keras.regularizers.l2(self._l2),
            name="kernel",
        )
        self._offset = self.add_weight(shape=(self._units,), initializer="zeros", name="bias") if self._use_bias else 0

    def call(self, inputs):
        if inputs.ndim < 2 or inputs.shape[-1] != self._width:
            raise ValueError(f"built for (..., {self._width}); received the shape {inputs.shape}")
        inputs = ops.cast(inputs, self.compute_dtype)
        product = ops.einsum("...i,ij->...j", inputs, self._matrix)
        return self._activation(product + self._offset if self._use_bias else product)

    def compute_output_shape(self, input_shape):
        return *input_shape[:-1], self._units

    def get_config(self):
        own = dict(units=self._units, use_bias=self._use_bias, l2=self._l2)
        return super().get_config() | own | {"activation": keras.activations.serialize(self._activation)}
