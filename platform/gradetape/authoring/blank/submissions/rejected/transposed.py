# caught by: rows, square
# why: hands the result back transposed
import tensorflow as tf


def scale_rows(x, scales):
    return tf.transpose(x * scales[:, None])
