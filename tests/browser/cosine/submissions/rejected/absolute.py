# caught by: any_rank
# why: loses the sign
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
        lengths = tf.norm(a, axis=-1) * tf.norm(b, axis=-1)
        return tf.abs(tf.reduce_sum(a * b, axis=-1)) / tf.maximum(lengths, self.epsilon)
