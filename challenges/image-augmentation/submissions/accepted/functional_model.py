# style: tuple factors in another order contrast last, a functional model, a dictionary from the served function, a counter of passes
import keras
import numpy as np
import tensorflow as tf
from keras import layers


def build_augmenter(rotation_degrees=20.0, shift=0.2, zoom=0.1, contrast=0.1, horizontal_flip=True, seed=None):
    def next_seed(k):
        return None if seed is None else 1000 * seed + k

    black = {"fill_mode": "constant", "fill_value": 0.0, "interpolation": "bilinear"}
    steps = []
    if zoom:
        steps.append(layers.RandomZoom((-zoom, zoom), None, seed=next_seed(1), **black))
    if shift:
        steps.append(layers.RandomTranslation((-shift, shift), (-shift, shift), seed=next_seed(2), **black))
    if rotation_degrees:
        turn = rotation_degrees / 360
        steps.append(layers.RandomRotation((-turn, turn), seed=next_seed(3), **black))
    if horizontal_flip:
        steps.append(layers.RandomFlip(mode="horizontal", seed=next_seed(4)))
    if contrast:
        steps.append(layers.RandomContrast((contrast, contrast), value_range=(0, 1), seed=next_seed(5)))
    return keras.Sequential(steps or [layers.Identity()])


def build_classifier(augmenter, input_shape, num_classes):
    inputs = keras.Input(shape=input_shape)
    x = augmenter(inputs)
    x = layers.Conv2D(6, 4, strides=4, activation="relu")(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))


def export_for_serving(model, path):
    @tf.function(input_signature=[tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, name="images")])
    def serve(images):
        return {"probabilities": model(images, training=False)}

    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("serve", serve)
    archive.write_out(path, verbose=False)


def augment_image(image, label, seed):
    image = tf.image.convert_image_dtype(image, tf.float32)
    keys = tf.random.split(seed, 4)
    image = tf.image.stateless_random_flip_left_right(image, keys[3])
    image = tf.image.stateless_random_contrast(image, 0.9, 1.1, keys[2])
    image = tf.clip_by_value(tf.image.stateless_random_brightness(image, 0.1, keys[1]), 0, 1)
    if tf.convert_to_tensor(image).shape[-1] == 3:
        image = tf.clip_by_value(tf.image.stateless_random_saturation(image, 0.9, 1.1, keys[0]), 0, 1)
    return image, label


def make_dataset(images, labels, batch_size, training, seed=0):
    scaled = tf.data.Dataset.from_tensor_slices((images, labels)).map(
        lambda image, label: (tf.image.convert_image_dtype(image, tf.float32), label)
    )
    if not training:
        return scaled.cache().batch(batch_size)
    x, y = tf.constant(images), tf.constant(labels)
    passes = tf.Variable(0, dtype=tf.int64)

    def start(_):
        return tf.stack([passes.assign_add(1), tf.constant(seed, tf.int64)])

    def indices(key):
        order = tf.argsort(tf.random.stateless_uniform((len(images),), key))
        seeds = tf.random.stateless_uniform((len(images), 2), key + 7919, None, None, tf.int32)
        return tf.data.Dataset.from_tensor_slices((order, seeds))

    def example(index, image_seed):
        return augment_image(x[index], y[index], image_seed)

    dataset = tf.data.Dataset.from_tensors(np.int64(0)).map(start).flat_map(indices)
    return dataset.map(example, num_parallel_calls=tf.data.AUTOTUNE).batch(batch_size).prefetch(1)
