# style: keras.ops
import keras


class CosineSimilarity(keras.layers.Layer):
    def __init__(self, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}

    def call(self, inputs):
        a, b = inputs
        lengths = keras.ops.norm(a, axis=-1) * keras.ops.norm(b, axis=-1)
        return keras.ops.sum(a * b, axis=-1) / keras.ops.maximum(lengths, self.epsilon)
