# caught by: forward, weights, any_rank, gradients, l2_penalty, config, save_and_load, mixed_precision, mask, bad_input
# why: returns the input, cut to `units` columns
import tensorflow as tf


class CustomDenseLayer(tf.keras.layers.Layer):
    def __init__(self, units, activation=None, use_bias=True, l2=0.0, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def call(self, inputs):
        return inputs[..., : self.units]
