# style: a product of rows and columns
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
        product = tf.squeeze(tf.matmul(a[..., tf.newaxis, :], b[..., tf.newaxis]), [-2, -1])
        lengths = tf.norm(a, axis=-1) * tf.norm(b, axis=-1)
        return product / tf.where(lengths > self.epsilon, lengths, self.epsilon)
