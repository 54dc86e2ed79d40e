# caught by: rows, square, dtype
# why: forgets the scales
import tensorflow as tf


def scale_rows(x, scales):
    return tf.identity(x)
