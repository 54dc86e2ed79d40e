"""One model, two inputs, two outputs, and training data in which half of the labels are missing.

Rows are an image and a line of metadata; labels are a class (-1 where nobody knows it) and a score (NaN where nobody
knows it). A row with one label still teaches something, so no row is dropped. A missing label is a weight of 0 on a
harmless value: with batch B, weights w and the loss l of each row

    L = sum_k lambda_k * (1 / |B|) * sum_{n in B} w_kn * l_k(y_kn, f_k(x_n))

Only finite, valid fillers make that work: 0 * NaN is NaN, and a class of -1 is looked up before its weight is applied.
Keras divides by the rows of the batch and not by the sum of the weights, so a task with few labels has a smaller say.

Metadata and scores come in units of their own. Both are standardised for training, and both transformations end up
inside of the returned model, which takes raw rows and gives scores in the units they came in:

    m -> (m - mean) / std          score -> mean + std * score
"""

from typing import TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float32]
Predictions: TypeAlias = dict[str, NDArray[np.generic]]

EPOCHS = 25
BATCH_SIZE = 30
LEARNING_RATE = 4e-3
PREDICTION_BATCH = 256


def build_model(
    image_shape: tuple[int, int, int] = (32, 32, 3), meta_dim: int = 10, num_classes: int = 10
) -> keras.Model:
    """Return an uncompiled model from `image` and `metadata` to `class` (probabilities) and `score` (linear).

    Global pooling makes the image's branch independent of its size. Both branches meet before the shared hidden layer,
    so either output can depend on how they go together.
    """
    image = keras.Input(image_shape, name="image")
    metadata = keras.Input((meta_dim,), name="metadata")
    x = keras.layers.Conv2D(12, 3, padding="same", activation="relu")(image)
    x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Conv2D(24, 3, padding="same", activation="relu")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    m = keras.layers.Dense(32, activation="relu")(metadata)
    shared = keras.layers.Dense(64, activation="relu")(keras.layers.Concatenate()([x, m]))
    outputs = {
        "class": keras.layers.Dense(num_classes, activation="softmax", name="class")(shared),
        "score": keras.layers.Dense(1, name="score")(shared),
    }
    return keras.Model({"image": image, "metadata": metadata}, outputs)


def compile_model(
    model: keras.Model, class_weight: float = 1.0, score_weight: float = 0.5, learning_rate: float = 1e-3
) -> None:
    """Compile a model with the outputs `class` and `score` for training with sample weights.

    `weighted_metrics`, because plain ones would count rows whose label is a filler.
    """
    model.compile(
        keras.optimizers.Adam(learning_rate),
        loss={"class": "sparse_categorical_crossentropy", "score": "mse"},
        loss_weights={"class": class_weight, "score": score_weight},
        weighted_metrics={"class": ["accuracy"], "score": ["mae"]},
        jit_compile=False,
    )


def make_dataset(
    images: ArrayLike,
    metadata: ArrayLike,
    y_class: ArrayLike,
    y_score: ArrayLike,
    batch_size: int,
    shuffle: bool = False,
    seed: int = 0,
) -> tf.data.Dataset:
    """Return batches `(x, y, w)` of all rows; `w` is 1 where a label exists and 0 where `y` holds a filler.

    Args:
        images: `(N, H, W, C)`.
        metadata: `(N, D)`.
        y_class: integers `(N,)`, -1 where unknown.
        y_score: `(N,)`, NaN where unknown.
        batch_size: rows of a batch; the last may be smaller.
        shuffle: draw another order of all rows on each pass.
        seed: decides the orders.
    """
    y_class, y_score = np.asarray(y_class), np.asarray(y_score)
    has_class, has_score = y_class >= 0, ~np.isnan(y_score)
    x = {"image": np.asarray(images, np.float32), "metadata": np.asarray(metadata, np.float32)}
    y = {"class": np.where(has_class, y_class, 0), "score": np.where(has_score, y_score, 0).astype(np.float32)}
    w = {"class": has_class.astype(np.float32), "score": has_score.astype(np.float32)}
    dataset = tf.data.Dataset.from_tensor_slices((x, y, w))
    if shuffle:
        dataset = dataset.shuffle(max(1, len(y_class)), seed=seed, reshuffle_each_iteration=True)
    return dataset.batch(batch_size)


def _mean_and_deviation(values: NDArray[np.generic]) -> tuple[Floats, Floats]:
    """Mean and standard deviation over the rows, NaN left out; 0 and 1 where there is nothing to go by."""
    known = np.ma.masked_invalid(np.asarray(values, np.float64))
    mean = np.ma.filled(known.mean(axis=0), 0.0)
    deviation = np.ma.filled(known.std(axis=0), 1.0)
    return np.asarray(mean, np.float32), np.asarray(np.where(deviation > 0, deviation, 1.0), np.float32)


def train_model(
    images: ArrayLike, metadata: ArrayLike, y_class: ArrayLike, y_score: ArrayLike, num_classes: int, seed: int = 0
) -> keras.Model:
    """Return a trained model that takes raw rows and gives scores in the units of `y_score`.

    Statistics come from the training rows alone, and travel with the model in layers of Keras's own, so loading it
    needs no code of this module.
    """
    keras.utils.set_random_seed(seed)
    images, metadata, y_score = np.asarray(images), np.asarray(metadata), np.asarray(y_score)
    meta_mean, meta_deviation = _mean_and_deviation(metadata)
    score_mean, score_deviation = _mean_and_deviation(y_score)
    inner = build_model(images.shape[1:], metadata.shape[1], num_classes)
    # Standardised, both losses start at about 1: neither drowns the other.
    compile_model(inner, class_weight=1.0, score_weight=1.0, learning_rate=LEARNING_RATE)
    rows = (images, (metadata - meta_mean) / meta_deviation, y_class, (y_score - score_mean) / score_deviation)
    data = make_dataset(*rows, batch_size=BATCH_SIZE, shuffle=True, seed=seed)
    inner.fit(data, epochs=EPOCHS, shuffle=False, verbose=0)  # the dataset shuffles by itself

    shapes = {"image": images.shape[1:], "metadata": metadata.shape[1:]}
    inputs = {name: keras.Input(shape, name=name) for name, shape in shapes.items()}
    standardised = keras.layers.Normalization(mean=meta_mean, variance=meta_deviation**2)(inputs["metadata"])
    outputs = inner({"image": inputs["image"], "metadata": standardised})
    in_units = keras.layers.Rescaling(float(score_deviation), float(score_mean), name="score_in_units")
    return keras.Model(inputs, {"class": outputs["class"], "score": in_units(outputs["score"])})


def predict_rows(model: keras.Model, images: ArrayLike, metadata: ArrayLike) -> Predictions:
    """Return `label`, `confidence` (the label's probability) and `score` of each row, all of shape `(N,)`."""
    rows = {"image": np.asarray(images, np.float32), "metadata": np.asarray(metadata, np.float32)}
    outputs = model.predict(rows, batch_size=PREDICTION_BATCH, verbose=0)
    probabilities = outputs["class"]
    # Not squeeze: with one row that would take the axis of the rows too.
    return {
        "label": probabilities.argmax(axis=-1),
        "confidence": probabilities.max(axis=-1),
        "score": outputs["score"][:, 0],
    }
