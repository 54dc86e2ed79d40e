# caught by: pairs
# why: the inner product, lengths and all
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
        return tf.reduce_sum(a * b, axis=-1)
