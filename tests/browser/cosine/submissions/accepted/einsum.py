# style: einsum for the products
import keras
import tensorflow as tf


class CosineSimilarity(keras.layers.Layer):
    def __init__(self, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}

    def call(self, inputs):
        a, b = inputs
        lengths = tf.sqrt(tf.einsum("...i,...i->...", a, a) * tf.einsum("...i,...i->...", b, b))
        return tf.einsum("...i,...i->...", a, b) / tf.maximum(lengths, self.epsilon)
