"""The cosine of the angle between vectors: their inner product by the product of their lengths."""

import keras
import tensorflow as tf


class CosineSimilarity(keras.layers.Layer):
    """From [a, b], both of shape (..., d), the cosine of each pair, of shape (...)."""

    def __init__(self, epsilon: float = 1e-6, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def call(self, inputs: list[tf.Tensor]) -> tf.Tensor:
        a, b = inputs
        lengths = tf.norm(a, axis=-1) * tf.norm(b, axis=-1)
        return tf.reduce_sum(a * b, axis=-1) / tf.maximum(lengths, self.epsilon)

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "epsilon": self.epsilon}
