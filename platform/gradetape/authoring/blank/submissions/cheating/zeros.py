# caught by: rows, square, dtype
# why: the right shape, and nothing in it
import tensorflow as tf


def scale_rows(x, scales):
    return tf.zeros_like(x)
