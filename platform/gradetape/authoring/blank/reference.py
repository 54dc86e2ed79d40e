"""One scale for each row.

Broadcasting lines shapes up from their last axis. So `x * scales` would scale columns, and only where there are as many
columns as scales. A new last axis makes the scales a column, `(n, 1)`, and the product scales rows whatever the shape.
"""

import tensorflow as tf


def scale_rows(x: tf.Tensor, scales: tf.Tensor) -> tf.Tensor:
    """Row i of x, of shape (n, m), times scales[i]."""
    return x * scales[:, tf.newaxis]
