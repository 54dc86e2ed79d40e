"""Pictures in TFRecord shards, a pipeline that reads them back, and a clock for both.

The order of the stages follows from two questions: what does a stage cost, and may its result be kept?

    files -> interleave -> parse -> cache -> shuffle -> augment -> batch -> prefetch
             `------- costly, always the same ----'     `-- new in every epoch --'

Everything in front of the cache is computed once; everything random stands behind it. The shuffle is in front of the
augmentation, so that its buffer holds what the cache already holds, and in front of the batch, so that examples meet
others in each epoch. The prefetch comes last: it is the buffer that the training step takes from.

Parallel stages may hand on whatever is ready first (`deterministic=False`), which helps where some elements are slow.
It also makes the order depend on the scheduler, so it is only allowed where nobody was promised an order.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

AUTOTUNE = tf.data.AUTOTUNE
ParseFn = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]
AugmentFn = Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]

_FEATURES = {
    "image_raw": tf.io.FixedLenFeature([], tf.string),
    "shape": tf.io.FixedLenFeature([3], tf.int64),
    "label": tf.io.FixedLenFeature([], tf.int64),
}


def _checked(images: Any, labels: Any, num_shards: int) -> tuple[np.ndarray, np.ndarray]:
    """Return images (N, H, W, C) and labels (N,) as arrays, or raise `ValueError` for what can't be read back."""
    images, labels = np.asarray(images), np.asarray(labels)
    if images.dtype != np.uint8 or images.ndim != 4:
        raise ValueError(
            f"images must be uint8 of shape (N, H, W, C). Received: dtype={images.dtype}, shape={images.shape}"
        )
    count = len(images)
    if not np.issubdtype(labels.dtype, np.integer) or labels.shape not in ((count,), (count, 1)):
        raise ValueError(
            f"labels must be integers of shape ({count},) or ({count}, 1), one for each image. "
            f"Received: dtype={labels.dtype}, shape={labels.shape}"
        )
    if num_shards < 1:
        raise ValueError(f"num_shards must be at least 1. Received: num_shards={num_shards}")
    return images, labels.reshape(count)


def _serialized(image: np.ndarray, label: int) -> bytes:
    """Return one record. Bytes alone don't say what they are, so the shape is kept beside them."""
    features = {
        # tobytes writes in C order whatever the array's own layout is.
        "image_raw": tf.train.Feature(bytes_list=tf.train.BytesList(value=[image.tobytes()])),
        "shape": tf.train.Feature(int64_list=tf.train.Int64List(value=image.shape)),
        "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[label])),
    }
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def write_shards(images: Any, labels: Any, directory: str | os.PathLike[str], num_shards: int) -> list[str]:
    """Write image i and its label to shard i % num_shards, and return the paths in shard order.

    Shards of nearly the same size keep parallel readers busy to the end. A shard without records is an empty file.

    Args:
        images: uint8 (N, H, W, C), in any memory layout.
        labels: integers (N,) or (N, 1).
        directory: made if it is missing, with its parents.
        num_shards: number of files, at least 1.

    Raises:
        ValueError: something that would not be read back as it is; nothing was written then.
    """
    images, labels = _checked(images, labels, num_shards)
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [str(folder / f"data-{shard:05d}-of-{num_shards:05d}.tfrecord") for shard in range(num_shards)]
    for shard, path in enumerate(paths):
        with tf.io.TFRecordWriter(path) as writer:
            for image, label in zip(images[shard::num_shards], labels[shard::num_shards], strict=True):
                writer.write(_serialized(image, int(label)))
    return paths


def make_parse_fn(image_shape: Sequence[int]) -> ParseFn:
    """Return a function from one record to its image, float32 in [0, 1] of the static shape, and its int32 label.

    Raises (the function, when it runs):
        tf.errors.InvalidArgumentError: the record's shape is another than `image_shape`. Comparing the number of bytes
            would not be enough: a picture with height and width swapped has as many.
    """
    shape = tuple(int(size) for size in image_shape)

    def parse(serialized: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        record = tf.io.parse_single_example(serialized, _FEATURES)
        fits = tf.debugging.assert_equal(
            record["shape"], tf.constant(shape, tf.int64), message=f"expected a record of an image of shape {shape}"
        )
        with tf.control_dependencies([fits]):  # eagerly it has been looked at already
            pixels = tf.io.decode_raw(record["image_raw"], tf.uint8)
        image = tf.cast(tf.reshape(pixels, shape), tf.float32) / 255.0
        return image, tf.cast(record["label"], tf.int32)

    return parse


def build_pipeline(
    files: Sequence[str | os.PathLike[str]],
    parse_fn: ParseFn,
    *,
    batch_size: int = 32,
    training: bool = True,
    augment_fn: AugmentFn | None = None,
    shuffle_buffer: int = 1000,
    cycle_length: int = 4,
    cache: bool | str | os.PathLike[str] = True,
    seed: int | None = None,
) -> tf.data.Dataset:
    """Return batches of what `parse_fn` makes of the records in TFRecord files; each record once an epoch.

    Args:
        files: paths; `cycle_length` of them are read at a time, one record of each in turn.
        parse_fn: one serialized record to (image, label).
        batch_size: examples a batch; the last one may be smaller.
        training: shuffle, then augment. Otherwise the order is that of reading.
        augment_fn: (image, label) to (image, label), run anew for each example of each epoch.
        shuffle_buffer: examples to draw the next one from.
        cycle_length: files read at a time.
        cache: keep parsed examples in memory, or in files at this path; False parses again in each epoch.
        seed: fixes the order of each epoch in training, for one state of TensorFlow's global seed.
    """
    deterministic = not training or seed is not None
    parallel = {"num_parallel_calls": AUTOTUNE, "deterministic": deterministic}
    dataset = tf.data.Dataset.from_tensor_slices(tf.constant([os.fspath(file) for file in files], tf.string))
    dataset = dataset.interleave(tf.data.TFRecordDataset, cycle_length=cycle_length, block_length=1, **parallel)
    dataset = dataset.map(parse_fn, **parallel)
    if cache is True:
        dataset = dataset.cache()
    elif cache is not False:
        dataset = dataset.cache(os.fspath(cache))
    if training:
        dataset = dataset.shuffle(shuffle_buffer, seed=seed, reshuffle_each_iteration=True)
        if augment_fn is not None:
            dataset = dataset.map(augment_fn, **parallel)
    return dataset.batch(batch_size).prefetch(AUTOTUNE)


def benchmark(dataset: Any, epochs: int = 3, step: Callable[[Any], object] | None = None) -> dict[str, Any]:
    """Pass over a dataset, and return how fast it was once it was warm.

    The first epoch fills caches and starts threads, so it is timed but left out of the rate.

    Args:
        dataset: finite batches of any structure; the first tensor's first axis counts the examples.
        epochs: passes, at least 2.
        step: called with each batch, inside the time. What it leaves running on an accelerator is not waited for.

    Returns:
        `epoch_seconds`, a list of floats; `batches` and `examples` of one epoch; `examples_per_second` over all epochs
        but the first.
    """
    if epochs < 2:
        raise ValueError(f"epochs must be at least 2, for the first one only warms up. Received: epochs={epochs}")
    seconds: list[float] = []
    rows: list[list[int]] = []
    for _ in range(epochs):
        sizes = []
        start = time.perf_counter()
        for batch in dataset:
            sizes.append(int(tf.nest.flatten(batch)[0].shape[0]))
            if step is not None:
                step(batch)
        seconds.append(time.perf_counter() - start)
        rows.append(sizes)
    return {
        "epoch_seconds": seconds,
        "batches": len(rows[-1]),
        "examples": sum(rows[-1]),
        "examples_per_second": sum(map(sum, rows[1:])) / sum(seconds[1:]),
    }
