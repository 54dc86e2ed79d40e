"""What is looked at: where dots move, which factors colours were multiplied by, and which examples a pass brings.

Geometry is measured and not compared, for every right solution draws other numbers.
"""

import keras
import numpy as np
import tensorflow as tf

from grader.evidence import through_file
from grader.probing import artifact, f32, probe, scratch

OFF = {"rotation_degrees": 0.0, "shift": 0.0, "zoom": 0.0, "contrast": 0.0, "horizontal_flip": False}
SIZE, ARM, COUNT = 48, 12.0, 150


def dots():
    """A red dot in the middle, a green one to its right, a blue one above: (48, 48, 3)."""
    middle = (SIZE - 1) / 2
    rows, columns = np.mgrid[0:SIZE, 0:SIZE]
    places = [(middle, middle), (middle, middle + ARM), (middle - ARM, middle)]
    planes = [np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * 2.0**2)) for y, x in places]
    return np.stack(planes, -1).astype("float32")


def centroids(images):
    """Where the weight of each channel lies, from the middle of the image: (N, 3, 2) as x to the right, y downwards."""
    images = np.maximum(np.asarray(images, "float64"), 0)
    at = np.arange(images.shape[1]) - (images.shape[1] - 1) / 2
    weight = images.sum((1, 2)) + 1e-9
    x = np.einsum("nhwc,w->nc", images, at) / weight
    y = np.einsum("nhwc,h->nc", images, at) / weight
    return np.stack([x, y], -1).astype("float32")


def moved_dots(solution, **on):
    """The centroids of 150 images with dots after one call, with nothing on but `on`."""
    augmenter = solution.build_augmenter(**OFF | on)
    return centroids(augmenter(np.repeat(dots()[None], COUNT, 0), training=True))


def pictures(rng, count, channels=3, size=16):
    """Smooth pictures in [0, 1], each different."""
    coarse = rng.uniform(0, 1, (count, 4, 4, channels))
    return coarse.repeat(size // 4, 1).repeat(size // 4, 2).astype("float32")


@probe("rotation")
def rotation(solution, rng):
    """Dots after turns of up to 20 degrees, and up to another limit."""
    limit = float(rng.integers(40, 61))
    return {
        "limits": [20.0, limit],
        "dots": [moved_dots(solution, rotation_degrees=degrees) for degrees in (20.0, limit)],
    }


@probe("shift_and_zoom")
def shift_and_zoom(solution, rng):
    """Dots after shifts, and after zooms; what comes in at the border of white images."""
    white = solution.build_augmenter()(np.ones((COUNT, SIZE, SIZE, 3), "float32"), training=True)
    return {
        "shifted": moved_dots(solution, shift=0.2),
        "zoomed": moved_dots(solution, zoom=0.3),
        "darkest": np.asarray(white).min((1, 2, 3)),
    }


@probe("flip")
def flip(solution, rng):
    """Dots after mirroring, and nothing else."""
    return {"dots": moved_dots(solution, horizontal_flip=True)}


@probe("contrast")
def contrast(solution, rng):
    """How far gray values lie apart before and after, and whether extreme images stay in range."""
    x = rng.uniform(0.4, 0.6, (COUNT, 12, 12, 3)).astype("float32")
    augmenter = solution.build_augmenter(**OFF | {"contrast": 0.4})
    y = augmenter(x, training=True)
    extreme = rng.integers(0, 2, (60, 16, 16, 3)).astype("float32")
    harsh = solution.build_augmenter(**OFF | {"contrast": 0.9})(extreme, training=True)
    default = solution.build_augmenter()(extreme, training=True)
    out = np.asarray(y)
    return {
        "factors": out.std((1, 2, 3)) / x.std((1, 2, 3)),
        "means": (out - x).mean((1, 2, 3)),
        "ranges": np.float32([[np.min(z), np.max(z)] for z in (harsh, default)]),
        "like": y[:0],
        "like_default": default[:0],
    }


@probe("off_at_inference")
def off_at_inference(solution, rng):
    """Differences from the input: at inference, in training, and in training with everything off."""
    x = pictures(rng, 8)
    augmenter = solution.build_augmenter()
    return {
        "inference": np.asarray(augmenter(x, training=False)) - x,
        "training": np.asarray(augmenter(x, training=True)) - x,
        "all_off": np.asarray(solution.build_augmenter(**OFF)(x, training=True)) - x,
        "is_a_layer": isinstance(augmenter, keras.layers.Layer),
    }


@probe("independent_and_seeded")
def independent_and_seeded(solution, rng):
    """Eight copies of one image, several calls, several seeds."""
    x = pictures(rng, 1).repeat(8, 0)

    def two_calls(seed):
        augmenter = solution.build_augmenter(seed=seed)
        return [np.asarray(augmenter(x, training=True)) for _ in range(2)]

    runs = {"first": 11, "again": 11, "other_seed": 12, "unseeded": None, "unseeded_too": None}
    return {name: two_calls(seed) for name, seed in runs.items()}


def scatter(model, rng):
    """New weights of a size at which a network of any width passes its input on; small steps for what has one axis."""
    for variable in model.trainable_variables:
        noise = f32(rng, *variable.shape)
        fan_in = np.prod(variable.shape[:-1])
        variable.assign(variable + 0.1 * noise if len(variable.shape) < 2 else noise * np.float32(np.sqrt(2 / fan_in)))


@probe("in_the_model")
def in_the_model(solution, rng):
    """A classifier predicts, trains, is saved, and predicts the same."""
    channels = int(rng.choice([1, 3]))
    x, y = pictures(rng, 24, channels), rng.integers(0, 4, 24)
    model = solution.build_classifier(solution.build_augmenter(), (16, 16, channels), 4)
    scatter(model, rng)
    start = [np.array(variable) for variable in model.trainable_variables]
    first = model.predict(x, verbose=0)
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x, y, batch_size=12, epochs=1, verbose=0)
    trained = [model.predict(x, verbose=0) for _ in range(2)]
    loaded = through_file(model)
    return {
        "first": first,
        "trained": trained,
        "augmented": [model(x, training=True) for _ in range(2)],
        "loaded": loaded.predict(x, verbose=0),
        "loaded_augmented": [loaded(x, training=True) for _ in range(2)],
        "learns": all(np.any(old != np.array(new)) for old, new in zip(start, model.trainable_variables, strict=True)),
    }


@probe("served_without_augmentation")
def served_without_augmentation(solution, rng, shown):
    """A classifier with random weights is exported; what it predicts here is what has to be served there."""
    model = solution.build_classifier(solution.build_augmenter(), shown.shape[1:], 5)
    scatter(model, rng)
    predicted = model.predict(shown, verbose=0)
    path = scratch() / "served"
    solution.export_for_serving(model, str(path))
    artifact(path, "served")
    return {"predicted": predicted, "training": [model(shown, training=True) for _ in range(2)]}


def stepped(size=16):
    """A pattern of mean 0 and deviation 1 that tells right from left and top from bottom: (size, size)."""
    side = np.where(np.arange(size) < size // 2, -1.0, 1.0)
    return 0.6 * side[None, :] + 0.8 * side[:, None]


def probe_picture(channels=3):
    """Three flat colours with the same faint pattern: its factors can be read back."""
    base = np.float32([0.7, 0.5, 0.4][:channels])
    return (base + 0.05 * stepped()[..., None]).astype("float32")


@probe("image_ranges")
def image_ranges(solution, rng):
    """What was done to a picture, read back from the result, for two hundred seeds."""
    picture, seeds = probe_picture(), rng.integers(0, 2**31 - 1, (200, 2)).astype("int32")
    augment = tf.function(solution.augment_image)
    results = [augment(tf.constant(picture), tf.constant(7, "int64"), tf.constant(seed)) for seed in seeds]
    images = np.stack([image for image, _ in results])
    red, pattern = images[..., 0], stepped()
    return {
        "brightness": (red.mean((1, 2)) - 0.7).astype("float32"),
        "contrast": (red.std((1, 2)) / 0.05).astype("float32"),
        "saturation": ((red - images[..., 2]).mean((1, 2)) / 0.3).astype("float32"),
        "sideways": (red * np.sign(pattern - pattern.mean(1, keepdims=True))).mean((1, 2)).astype("float32"),
        "upwards": (red * np.sign(pattern.mean(1, keepdims=True))).mean((1, 2)).astype("float32"),
        "labels": np.asarray([label for _, label in results]),
        "like": results[0][0][:0],
    }


@probe("image_stateless")
def image_stateless(solution, rng):
    """One picture as bytes and as floats, in a graph and outside, with the same seed and with others; a gray one."""
    augment, label = solution.augment_image, tf.constant(3, "int64")
    bytes_ = rng.integers(0, 256, (12, 12, 3)).astype("uint8")
    floats = (bytes_ / 255).astype("float32")
    seed, other = (tf.constant(rng.integers(0, 2**31 - 1, 2), "int64") for _ in range(2))
    tf.random.set_seed(int(rng.integers(1000)))
    first = augment(tf.constant(floats), label, seed)[0]
    tf.random.set_seed(int(rng.integers(1000, 2000)))
    again = augment(tf.constant(floats), label, seed)[0]
    traced = tf.function(augment)(tf.constant(floats), label, seed)[0]
    of_bytes = augment(tf.constant(bytes_), label, seed)[0]
    gray = tf.constant(floats[..., :1])
    small = [tf.constant(rng.integers(0, 2**31 - 1, 2), "int32") for _ in range(20)]
    grays = [augment(gray, label, key)[0] for key in small]
    return {
        "float_input": floats,
        "first": first,
        "again": again,
        "in_a_graph": traced,
        "other_seed": augment(tf.constant(floats), label, other)[0],
        "of_bytes": of_bytes,
        "gray_input": floats[..., :1],
        "grays": tf.stack(grays),
    }


def numbered(rng, count=50):
    """Gray uint8 pictures (count, 16, 16, 3) that spell their number in the rows, and labels."""
    bits = (np.arange(count)[:, None] >> np.arange(6)) & 1
    bands = np.concatenate([bits, np.ones((count, 1), int), np.zeros((count, 1), int)], 1).repeat(2, 1)
    images = np.where(bands, 190, 60)[:, :, None, None] + np.zeros((1, 1, 16, 3), int)
    images = images + np.where(np.arange(16) < 8, -8, 8)[None, None, :, None]
    return images.astype("uint8"), rng.integers(0, 10, count)


def one_pass(dataset):
    """Everything a pass brings: batch sizes, images and labels."""
    batches = [(np.asarray(images), np.asarray(labels)) for images, labels in dataset]
    return [len(labels) for _, labels in batches], *(np.concatenate(column) for column in zip(*batches, strict=True))


def numbers_in(images):
    """The numbers that the rows of pictures spell."""
    bands = images.mean((2, 3)).reshape(len(images), 8, 2).mean(2)
    middle = (bands[:, 6] + bands[:, 7]) / 2
    return ((bands[:, :6] > middle[:, None]) << np.arange(6)).sum(1).astype("int64")


@probe("dataset_training")
def dataset_training(solution, rng):
    """Two passes: which examples came, in which order, with which labels and which pixels."""
    images, labels = numbered(rng)
    dataset = solution.make_dataset(images, labels, 16, training=True, seed=int(rng.integers(1000)))
    passes = [one_pass(dataset) for _ in range(2)]
    seen = {"sizes": [sizes for sizes, _, _ in passes], "given": labels}
    if any(sum(sizes) != len(images) for sizes, _, _ in passes):
        return seen
    numbers = [numbers_in(found) for _, found, _ in passes]
    originals = (images / 255).mean((1, 2, 3))
    seen["numbers"] = numbers
    seen["labels"] = [answers for _, _, answers in passes]
    seen["ranges"] = np.float32([[found.min(), found.max()] for _, found, _ in passes])
    seen["like"] = passes[0][1][:0]
    seen["brightness"] = [
        (found.mean((1, 2, 3)) - originals[number % len(images)]).astype("float32")
        for (_, found, _), number in zip(passes, numbers, strict=True)
    ]
    by_number = [
        found[np.argsort(number, kind="stable")] for (_, found, _), number in zip(passes, numbers, strict=True)
    ]
    seen["change"] = np.abs(by_number[0] - by_number[1]).max((1, 2, 3)).astype("float32")
    return seen


@probe("dataset_reproducible")
def dataset_reproducible(solution, rng):
    """Two datasets of one seed under different global seeds, and one of another seed."""
    images, labels = numbered(rng)

    def passes(seed):
        tf.random.set_seed(int(rng.integers(2**31)))
        dataset = solution.make_dataset(images, labels, 16, training=True, seed=seed)
        return [one_pass(dataset)[1] for _ in range(2)]

    return {"first": passes(5), "again": passes(5), "other_seed": passes(6)}


@probe("dataset_validation")
def dataset_validation(solution, rng):
    """Without training: the examples in order, scaled and otherwise untouched, in each pass."""
    images = rng.integers(0, 256, (21, 8, 8, 3)).astype("uint8")
    labels = rng.integers(0, 10, 21)
    dataset = solution.make_dataset(images, labels, 8, training=False)
    seen = [one_pass(dataset) for _ in range(2)]
    return {"passes": [{"sizes": sizes, "images": found, "labels": answers} for sizes, found, answers in seen]}
