# caught by: dtype
# why: casts everything to float32
import tensorflow as tf


def scale_rows(x, scales):
    return tf.cast(x, tf.float32) * tf.cast(scales, tf.float32)[:, None]
