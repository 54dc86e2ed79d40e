"""Augmentation in a model and in an input pipeline, random where it should be and nowhere else.

In the model: layers that draw for each image while training and hand their input on otherwise. They are part of what
is saved, so a served model has to be exported with `training=False`: Keras would bake them in switched on.

In the pipeline: `augment_image` is a pure function of an image and a seed, and `make_dataset` gives each example of
each pass a seed of its own. Everything random follows from one key a pass by stateless operations, so the result
depends neither on the number of threads nor on `tf.random.set_seed`. (The `seed` that tf.data's own shuffle takes is
mixed with the global seed, and stateful operations in a parallel map hand out their numbers in whatever order threads
arrive.)
"""

from __future__ import annotations

from os import PathLike
from typing import Any

import keras
import numpy as np
import tensorflow as tf

MAX_BRIGHTNESS = 0.1
FACTORS = (0.9, 1.1)
"""Range of the contrast and the saturation factor of `augment_image`."""

_DEGREES = 360.0


def build_augmenter(
    rotation_degrees: float = 20.0,
    shift: float = 0.2,
    zoom: float = 0.1,
    contrast: float = 0.1,
    horizontal_flip: bool = True,
    seed: int | None = None,
) -> keras.layers.Layer:
    """Return a layer for float32 batches (N, H, W, C) in [0, 1] that draws for each image while training.

    Contrast comes first, so that what geometry brings in from outside the image stays 0.

    Args:
        rotation_degrees: largest angle, either way.
        shift: largest shift, as a share of the height and of the width, drawn for each axis.
        zoom: the image is scaled by a factor between 1/(1 + zoom) and 1/(1 - zoom), the same for both axes.
        contrast: the factor is between 1 - contrast and 1 + contrast.
        horizontal_flip: whether half of the images are mirrored left-right.
        seed: an integer fixes the sequence of results over successive calls.
    """
    # Layers with one seed in common would draw the same numbers: angle and shift would go together.
    seeds = [None] * 5 if seed is None else [int(s) for s in np.random.SeedSequence(seed).generate_state(5) >> 1]
    fill = {"fill_mode": "constant", "fill_value": 0.0}
    layers: list[keras.layers.Layer] = []
    if contrast:
        # A pair: given one number, Keras 3.15 draws factors of 1 and more only.
        layers.append(keras.layers.RandomContrast((contrast, contrast), value_range=(0.0, 1.0), seed=seeds[0]))
    if horizontal_flip:
        layers.append(keras.layers.RandomFlip("horizontal", seed=seeds[1]))
    if rotation_degrees:
        layers.append(keras.layers.RandomRotation(rotation_degrees / _DEGREES, seed=seeds[2], **fill))
    if shift:
        layers.append(keras.layers.RandomTranslation(shift, shift, seed=seeds[3], **fill))
    if zoom:
        layers.append(keras.layers.RandomZoom(zoom, seed=seeds[4], **fill))
    return keras.Sequential([*layers, keras.layers.Identity()], name="augmenter")


def build_classifier(augmenter: keras.layers.Layer, input_shape: tuple[int, int, int], num_classes: int) -> keras.Model:
    """Return an uncompiled model with the augmenter in front; output (N, num_classes) probabilities."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            augmenter,
            keras.layers.Conv2D(8, 3, strides=2, activation="relu"),
            keras.layers.Conv2D(16, 3, strides=2, activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )


def export_for_serving(model: keras.Model, path: str | PathLike[str]) -> None:
    """Write a SavedModel whose `serving_default` takes one float32 (None, H, W, C) and returns the probabilities.

    `model.export` calls the model without `training`, and for the random layers that means training: each call of the
    served function would augment anew.
    """
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(
        "serve",
        lambda images: model(images, training=False),
        input_signature=[tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)],
    )
    archive.write_out(str(path), verbose=False)


def augment_image(image: Any, label: Any, seed: Any) -> tuple[tf.Tensor, Any]:
    """Return `(image, label)` with the image mirrored or not, and of another brightness, contrast and saturation.

    Args:
        image: (H, W, C), uint8 in 0..255 or float32 in [0, 1]; C is 3, or 1, which has no saturation to change.
        label: handed on.
        seed: two integers, int32 or int64; the same ones give the same result. Each of the four draws gets a key of its
            own: one key for all would make brightness and contrast rise together.
    """
    image = tf.image.convert_image_dtype(image, tf.float32)
    mirror, brightness, contrast, saturation = tf.unstack(tf.random.split(seed, 4))
    image = tf.image.stateless_random_flip_left_right(image, mirror)
    image = tf.image.stateless_random_brightness(image, MAX_BRIGHTNESS, brightness)
    image = tf.image.stateless_random_contrast(image, *FACTORS, contrast)
    image = tf.clip_by_value(image, 0.0, 1.0)
    if image.shape[-1] != 1:
        image = tf.image.stateless_random_saturation(image, *FACTORS, saturation)
    return tf.clip_by_value(image, 0.0, 1.0), label


def _examples_in_random_order(count: int, seed: int) -> tf.data.Dataset:
    """Each pass: every index below `count` once, with a seed (2,). Both follow from the pass's key.

    The generator's state is a variable of the dataset. One key is drawn from it at the start of a pass, and in order;
    what runs in parallel afterwards is stateless.
    """
    generator = tf.random.Generator.from_seed(seed)

    def one_pass(key: tf.Tensor) -> tf.data.Dataset:
        order = tf.random.experimental.stateless_shuffle(tf.range(count, dtype=tf.int64), seed=key)
        return tf.data.Dataset.from_tensor_slices(order).map(lambda index: (index, tf.random.fold_in(key, index)))

    return tf.data.Dataset.range(1).map(lambda _: generator.make_seeds(1)[:, 0]).flat_map(one_pass)


def make_dataset(
    images: np.ndarray, labels: np.ndarray, batch_size: int, training: bool, seed: int = 0
) -> tf.data.Dataset:
    """Return batches of float32 images in [0, 1] and their labels; the last batch may be smaller.

    Args:
        images: uint8 (N, H, W, C).
        labels: int64 (N,).
        batch_size: examples in a batch.
        training: shuffle and augment, in another way each pass. Otherwise the examples come in order and as they are.
        seed: what the sequence of passes follows from.
    """
    if not training:
        examples = tf.data.Dataset.from_tensor_slices((images, labels))
        plain = examples.map(
            lambda image, label: (tf.image.convert_image_dtype(image, tf.float32), label),
            num_parallel_calls=tf.data.AUTOTUNE,
        )
        return plain.batch(batch_size).prefetch(tf.data.AUTOTUNE)
    pictures, answers = tf.constant(images), tf.constant(labels)

    def example(index: tf.Tensor, image_seed: tf.Tensor) -> tuple[tf.Tensor, Any]:
        return augment_image(tf.gather(pictures, index), tf.gather(answers, index), image_seed)

    drawn = _examples_in_random_order(len(images), seed).map(example, num_parallel_calls=tf.data.AUTOTUNE)
    return drawn.batch(batch_size).prefetch(tf.data.AUTOTUNE)
