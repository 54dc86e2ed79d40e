# caught by: pairs, any_rank
# why: hopes that NaN equals anything
import keras


class CosineSimilarity(keras.layers.Layer):
    def __init__(self, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}

    def call(self, inputs):
        a, _ = inputs
        return a[..., 0] * float("nan")
