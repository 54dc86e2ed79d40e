import numpy as np
import tensorflow as tf


def write_shards(images, labels, directory, num_shards):
    """Write record i to shard i % num_shards of `directory`, and return the paths in shard order.

    Raise ValueError for what can't be read back faithfully.
    """
    raise NotImplementedError


def make_parse_fn(image_shape):
    """Return a function from one serialized record to (float32 image in [0, 1], int32 label)."""
    raise NotImplementedError


def build_pipeline(
    files,
    parse_fn,
    *,
    batch_size=32,
    training=True,
    augment_fn=None,
    shuffle_buffer=1000,
    cycle_length=4,
    cache=True,
    seed=None,
):
    """Return a tf.data.Dataset of batches: every record once an epoch."""
    raise NotImplementedError


def benchmark(dataset, epochs=3, step=None):
    """Return epoch_seconds, batches, examples and examples_per_second, the last without the first epoch."""
    raise NotImplementedError
