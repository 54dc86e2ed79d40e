"""A small convolutional classifier, and what has to surround it so that its validation accuracy can be believed.

Two decisions matter more than the architecture when there are a thousand images and not sixty thousand:

* `BatchNormalization` predicts with moving averages, `average = momentum * average + (1 - momentum) * batch`, which
  start at mean 0 and variance 1. After `n` steps the start still weighs `momentum**n`. With the default of 0.99 that is
  40% after 90 steps, and the network predicts with statistics of nothing; with 0.9 it is less than 1 in 10,000.
* The validation part is drawn by class. Cutting off the end of the data, as `validation_split` does before it shuffles,
  takes whole classes away where the data are sorted.

Ioffe and Szegedy: Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift.
ICML 2015, https://arxiv.org/abs/1502.03167
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

FILTERS = (16, 32, 64)
MOMENTUM = 0.9
BATCH = 32
RANKS = (3, 4)
WHITE = 255.0


def prepare_images(images: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Images (N, H, W) or (N, H, W, C) as a new float32 array (N, H, W, C) in 0..1.

    What is divided by 255 hangs on the type and never on the values: a dark image has to stay dark, and one image's
    brightness must not decide how its neighbours are read.

    Raises:
        ValueError: neither 3 nor 4 axes.
    """
    pixels = np.asarray(images)
    if pixels.ndim not in RANKS:
        raise ValueError(f"images must have the shape (N, H, W) or (N, H, W, C). Received: images.shape={pixels.shape}")
    if pixels.ndim == RANKS[0]:
        pixels = pixels[..., np.newaxis]
    prepared = pixels.astype(np.float32)
    return prepared / np.float32(WHITE) if pixels.dtype.kind in "iu" else prepared


def stratified_split(
    labels: npt.ArrayLike, fraction: float = 0.2, seed: int = 0
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Positions for training and for validation, to each its share of every class, both in mixed order.

    Args:
        labels: (N,) classes.
        fraction: share of validation. A class of two or more is in both parts, a single sample is for training.
        seed: of a generator of this call's own.

    Raises:
        ValueError: fraction not between 0 and 1.
    """
    if not 0 < fraction < 1:
        raise ValueError(f"fraction must lie between 0 and 1, both excluded. Received: fraction={fraction}")
    classes = np.asarray(labels)
    rng = np.random.default_rng(seed)
    training, validation = [], []
    for label in np.unique(classes):
        members = rng.permutation(np.flatnonzero(classes == label))
        count = min(max(1, round(len(members) * fraction)), len(members) - 1)
        validation.append(members[:count])
        training.append(members[count:])
    return rng.permutation(np.concatenate(training)), rng.permutation(np.concatenate(validation))


def build_cnn(input_shape: Sequence[int], num_classes: int) -> keras.Model:
    """A compiled model from images (N, *input_shape) in 0..1 to probabilities (N, num_classes).

    Padding keeps 3 x 3 convolutions possible on the last 2 x 2 pixels of an 8 x 8 image, and pooling over whatever is
    left makes the head independent of the image's size: some 28,000 parameters for every size. Convolutions have no
    bias, since the normalization after them takes every constant out again and adds one of its own.
    """
    stack = [keras.Input(tuple(input_shape))]
    for number, filters in enumerate(FILTERS):
        if number:
            stack.append(layers.MaxPooling2D(padding="same"))
        stack += [
            layers.Conv2D(filters, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=MOMENTUM),
            layers.ReLU(),
        ]
    stack += [
        layers.GlobalAveragePooling2D(),
        layers.Dense(64, activation="relu"),
        layers.Dropout(0.3),
        layers.Dense(num_classes, activation="softmax"),
    ]
    model = keras.Sequential(stack)
    model.compile(
        keras.optimizers.Adam(3e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,
    )
    return model


def train_classifier(
    images: npt.ArrayLike,
    labels: npt.ArrayLike,
    num_classes: int,
    seed: int = 0,
    epochs: int = 8,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> tuple[keras.Model, dict[str, list[float]]]:
    """Train on four fifths of raw images; return the model of the best epoch and the history of all epochs.

    The seed is set before the model is built, because initial weights, dropout and the order of batches all draw from
    generators that it decides. The early stopping never stops: it is there to put the best weights back, after the
    caller's callbacks have seen the epoch.

    Args:
        images: as `prepare_images` takes them, in any order.
        labels: (N,) integers from 0.
        num_classes: columns of the output.
        seed: decides everything that is random.
        epochs: how many are run.
        callbacks: handed on to `fit`.
    """
    classes = np.asarray(labels)
    prepared = prepare_images(images)
    training, validation = stratified_split(classes, 0.2, seed)
    keras.utils.set_random_seed(seed)
    model = build_cnn(prepared.shape[1:], num_classes)
    best = keras.callbacks.EarlyStopping(monitor="val_loss", patience=epochs, restore_best_weights=True)
    run: Any = model.fit(
        prepared[training],
        classes[training],
        validation_data=(prepared[validation], classes[validation]),
        epochs=epochs,
        batch_size=BATCH,
        callbacks=[*callbacks, best],
        verbose=0,
    )
    return model, {key: [float(value) for value in values] for key, values in run.history.items()}


def predict_labels(model: keras.Model, images: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """The most probable class of each raw image: the preparation is that of training."""
    probabilities: Any = model.predict(prepare_images(images), verbose=0)
    return np.asarray(probabilities.argmax(axis=1), np.int64)
