# style: parsed where files are read, batched before augmentation, pathlib, protobuf filled in field by field
from collections import namedtuple
from pathlib import Path
from time import perf_counter

import numpy as np
import tensorflow as tf

Pass = namedtuple("Pass", "seconds rows")


def write_shards(images, labels, directory, num_shards):
    images = np.ascontiguousarray(images)
    labels = np.asarray(labels)
    problems = {
        "images must be uint8": images.dtype != np.uint8,
        "images must have four axes": images.ndim != 4,
        "labels must be integers": labels.dtype.kind not in "iu",
        "labels must be a vector or a column": labels.ndim not in (1, 2) or labels.shape[1:] not in ((), (1,)),
        "images and labels must be of one length": labels.shape[:1] != images.shape[:1],
        "there must be a shard": num_shards < 1,
    }
    for text, wrong in problems.items():
        if wrong:
            raise ValueError(text)
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"data-{i:05}-of-{num_shards:05}.tfrecord" for i in range(num_shards)]
    writers = [tf.io.TFRecordWriter(str(path)) for path in paths]
    try:
        for i, (image, label) in enumerate(zip(images, labels.ravel(), strict=True)):
            example = tf.train.Example()
            example.features.feature["image_raw"].bytes_list.value.append(image.tobytes())
            example.features.feature["shape"].int64_list.value.extend(image.shape)
            example.features.feature["label"].int64_list.value.append(label)
            writers[i % num_shards].write(example.SerializeToString())
    finally:
        for writer in writers:
            writer.close()
    return [str(path) for path in paths]


def make_parse_fn(image_shape):
    wanted = list(image_shape)

    def parse(serialized):
        one = tf.io.parse_example(
            serialized,
            {
                "image_raw": tf.io.FixedLenFeature((), tf.string),
                "shape": tf.io.FixedLenFeature((3,), tf.int64),
                "label": tf.io.FixedLenFeature((), tf.int64),
            },
        )
        tf.debugging.Assert(tf.reduce_all(one["shape"] == wanted), ["another shape", one["shape"]])
        image = tf.reshape(tf.io.decode_raw(one["image_raw"], "uint8"), wanted)
        return tf.image.convert_image_dtype(image, "float32"), tf.cast(one["label"], "int32")

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
    ordered = seed is not None or not training

    def parsed(path):
        return tf.data.TFRecordDataset(path).map(parse_fn)

    def augmented(images, labels):
        return tf.map_fn(lambda one: augment_fn(*one), (images, labels))

    data = tf.data.Dataset.from_tensor_slices([str(path) for path in files]).interleave(
        parsed, cycle_length=cycle_length, num_parallel_calls=cycle_length, deterministic=ordered
    )
    if isinstance(cache, str):
        data = data.cache(cache)
    elif cache:
        data = data.cache()
    if not training:
        return data.batch(batch_size).prefetch(1)
    data = data.shuffle(shuffle_buffer, seed).batch(batch_size)
    if augment_fn:
        data = data.map(augmented, num_parallel_calls=4, deterministic=ordered)
    return data.prefetch(1)


def benchmark(dataset, epochs=3, step=None):
    if epochs < 2:
        raise ValueError("the first epoch doesn't count, so there must be another")
    passes = []
    for _ in range(epochs):
        rows, start = [], perf_counter()
        for batch in dataset:
            rows.append(len(tf.nest.flatten(batch)[0]))
            if step:
                step(batch)
        passes.append(Pass(perf_counter() - start, rows))
    warm = passes[1:]
    return {
        "epoch_seconds": [one.seconds for one in passes],
        "batches": len(passes[0].rows),
        "examples": sum(passes[0].rows),
        "examples_per_second": sum(sum(one.rows) for one in warm) / sum(one.seconds for one in warm),
    }
