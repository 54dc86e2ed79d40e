"""A dense layer written from `keras.layers.Layer` up.

For an input x of shape (batch, ..., width) the layer answers

    y[b, ..., j] = activation( sum_i x[b, ..., i] * kernel[i, j] + bias[j] )

and adds  l2 * sum_ij kernel[i, j] ** 2  to the loss of every model that holds it.

The kernel starts Glorot uniform: U(-limit, limit) with limit = sqrt(6 / (width + units)), which keeps the variance of
activations and of gradients about equal from layer to layer (Glorot and Bengio, "Understanding the difficulty of
training deep feedforward neural networks", AISTATS 2010).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

Activation = str | Callable[[tf.Tensor], tf.Tensor] | None
Shape = Sequence[int | None]


def _is_positive_int(value: object) -> bool:
    return isinstance(value, int) and value > 0


@tf.keras.utils.register_keras_serializable(package="gradetape")
class CustomDenseLayer(tf.keras.layers.Layer):
    """Affine map of the last axis, followed by an activation.

    Args:
        units: width of the output, a positive int.
        activation: anything that `keras.activations.get` understands; None is the identity.
        use_bias: without it the layer has no bias variable.
        l2: strength of the penalty on the squared kernel, not negative.
        **kwargs: passed on to `keras.layers.Layer` (name, dtype, trainable).

    Input shape: (batch, ..., width), rank 2 or more; all axes but the last may be unknown.
    Output shape: (batch, ..., units).

    Raises:
        ValueError: for arguments outside of these ranges, for inputs of rank 1, and for inputs whose last axis is
            unknown when the layer is built or differs from the width it was built for.
    """

    def __init__(
        self,
        units: int,
        activation: Activation = None,
        use_bias: bool = True,
        l2: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not _is_positive_int(units):
            raise ValueError(f"`units` must be a positive int. Received: units={units!r}")
        if not l2 >= 0:  # so that NaN is refused as well
            raise ValueError(f"`l2` must be a number that is not negative. Received: l2={l2!r}")
        self.units = units
        self.activation = tf.keras.activations.get(activation)
        self.use_bias = bool(use_bias)
        self.l2 = float(l2)
        self.supports_masking = True  # every position is mapped on its own, so a mask stays true of the output
        self.input_spec = tf.keras.layers.InputSpec(min_ndim=2)

    def build(self, input_shape: Shape) -> None:
        """Create kernel and bias for inputs of the given shape, of which only the last axis counts."""
        width = input_shape[-1]
        if width is None:
            raise ValueError(f"The last axis of the input must be known. Received: input_shape={tuple(input_shape)}")
        # A regulariser belongs to the variable: Keras evaluates it once for each layer, on the float32 value, and
        # not at all while the layer is frozen. `add_loss` in `call` would count once for every call instead.
        self.kernel = self.add_weight(
            name="kernel",
            shape=(width, self.units),
            initializer="glorot_uniform",
            regularizer=tf.keras.regularizers.L2(self.l2) if self.l2 else None,
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros") if self.use_bias else None
        self.input_spec = tf.keras.layers.InputSpec(min_ndim=2, axes={-1: width})

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Return activation(inputs @ kernel + bias), in the compute dtype of the layer."""
        # Keras casts floating inputs to the compute dtype before `call`, but leaves integers as they are.
        inputs = tf.cast(inputs, self.compute_dtype)
        outputs = tf.tensordot(inputs, self.kernel, axes=1)
        if self.bias is not None:
            outputs = tf.nn.bias_add(outputs, self.bias)
        return self.activation(outputs)

    def compute_output_shape(self, input_shape: Shape) -> tuple[int | None, ...]:
        """Return the output's shape from the input's, without building."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": tf.keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "l2": self.l2,
        }
