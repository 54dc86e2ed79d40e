# caught by: rows, square
# why: drops the sign of the scales
import tensorflow as tf


def scale_rows(x, scales):
    return x * tf.abs(scales)[:, None]
