# caught by: records, write_errors, parse, parse_guard, eval_order, train_epochs, cache_once, augment_fresh, streams, benchmark
# why: the documented answer under the new names: bytes without a shape, a cache behind the augmentation, one pipeline for training and evaluation
import os
import time

import tensorflow as tf


def write_shards(images, labels, directory, num_shards):
    os.makedirs(directory, exist_ok=True)
    paths = [os.path.join(directory, "data-%05d-of-%05d.tfrecord" % (k, num_shards)) for k in range(num_shards)]
    for k, path in enumerate(paths):
        out = tf.io.TFRecordWriter(path)
        for picture, answer in zip(images[k::num_shards], labels[k::num_shards]):
            fields = {
                "image": tf.train.Feature(bytes_list=tf.train.BytesList(value=[picture.tobytes()])),
                "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[answer])),
            }
            out.write(tf.train.Example(features=tf.train.Features(feature=fields)).SerializeToString())
        out.close()
    return paths


def make_parse_fn(image_shape):
    def parse(serialized):
        fields = tf.io.parse_single_example(
            serialized,
            {"image": tf.io.FixedLenFeature([], tf.string), "label": tf.io.FixedLenFeature([], tf.int64)},
        )
        picture = tf.reshape(tf.io.decode_raw(fields["image"], tf.uint8), image_shape)
        return tf.cast(picture, tf.float32) / 255.0, tf.cast(fields["label"], tf.int32)

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
    def parse_and_augment(serialized):
        image, label = parse_fn(serialized)
        return (image, label) if augment_fn is None else augment_fn(image, label)

    ds = tf.data.Dataset.from_tensor_slices(files)
    ds = ds.interleave(lambda file: tf.data.TFRecordDataset(file), cycle_length=4, num_parallel_calls=tf.data.AUTOTUNE)
    ds = ds.map(parse_and_augment, num_parallel_calls=tf.data.AUTOTUNE)
    ds = ds.cache()
    ds = ds.shuffle(buffer_size=1000)
    ds = ds.batch(batch_size)
    return ds.prefetch(tf.data.AUTOTUNE)


def benchmark(dataset, epochs=3, step=None):
    begin = time.time()
    for _ in range(epochs):
        for batch in dataset:
            if step:
                step(batch)
    return {"epoch_seconds": [time.time() - begin]}
