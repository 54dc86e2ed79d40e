# caught by: write_layout, records
# why: gives each shard a stretch of records instead of every n-th
import os
import time

import numpy as np
import tensorflow as tf

AUTO = tf.data.AUTOTUNE


def write_shards(images, labels, directory, num_shards):
    images, labels = np.asarray(images), np.asarray(labels)
    if images.dtype != np.uint8 or images.ndim != 4:
        raise ValueError(f"expected uint8 images of rank 4, received {images.dtype} {images.shape}")
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"expected integers as labels, received {labels.dtype}")
    if labels.shape not in [(len(images),), (len(images), 1)]:
        raise ValueError(f"expected a label for each image, received {labels.shape}")
    if num_shards < 1:
        raise ValueError("expected one shard or more")
    os.makedirs(directory, exist_ok=True)
    paths = []
    for shard in range(num_shards):
        path = os.path.join(directory, f"data-{shard:05d}-of-{num_shards:05d}.tfrecord")
        paths.append(path)
        with tf.io.TFRecordWriter(path) as writer:
            for i in np.array_split(np.arange(len(images)), num_shards)[shard]:
                writer.write(record(images[i], int(labels.flat[i])))
    return paths


def record(image, label):
    feature = {
        "image_raw": tf.train.Feature(bytes_list=tf.train.BytesList(value=[image.tobytes()])),
        "shape": tf.train.Feature(int64_list=tf.train.Int64List(value=list(image.shape))),
        "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[label])),
    }
    return tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()


def make_parse_fn(image_shape):
    features = {
        "image_raw": tf.io.FixedLenFeature([], tf.string),
        "shape": tf.io.FixedLenFeature([3], tf.int64),
        "label": tf.io.FixedLenFeature([], tf.int64),
    }

    def parse(serialized):
        example = tf.io.parse_single_example(serialized, features)
        check = tf.debugging.assert_equal(example["shape"], tf.constant(image_shape, tf.int64))
        with tf.control_dependencies([check]):
            image = tf.io.decode_raw(example["image_raw"], tf.uint8)
        image = tf.reshape(image, image_shape)
        return tf.cast(image, tf.float32) / 255.0, tf.cast(example["label"], tf.int32)

    return parse


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
    ordered = not training or seed is not None
    ds = tf.data.Dataset.from_tensor_slices(list(files))
    ds = ds.interleave(
        tf.data.TFRecordDataset,
        cycle_length=cycle_length,
        block_length=1,
        num_parallel_calls=AUTO,
        deterministic=ordered,
    )
    ds = ds.map(parse_fn, num_parallel_calls=AUTO, deterministic=ordered)
    if cache:
        ds = ds.cache(cache) if isinstance(cache, str) else ds.cache()
    if training:
        ds = ds.shuffle(shuffle_buffer, seed=seed, reshuffle_each_iteration=True)
        if augment_fn is not None:
            ds = ds.map(augment_fn, num_parallel_calls=AUTO, deterministic=ordered)
    return ds.batch(batch_size).prefetch(AUTO)


def benchmark(dataset, epochs=3, step=None):
    if epochs < 2:
        raise ValueError("expected two epochs or more")
    seconds = []
    for _ in range(epochs):
        batches = examples = 0
        start = time.perf_counter()
        for batch in dataset:
            batches += 1
            examples += int(tf.nest.flatten(batch)[0].shape[0])
            if step is not None:
                step(batch)
        seconds.append(time.perf_counter() - start)
    return {
        "epoch_seconds": seconds,
        "batches": batches,
        "examples": examples,
        "examples_per_second": (epochs - 1) * examples / sum(seconds[1:]),
    }
