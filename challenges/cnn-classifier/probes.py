"""What is looked at: arrays for preparation and splitting, what a model computes, and files of what was trained."""

import keras
import numpy as np
import tensorflow as tf

from grader.probing import artifact, probe, raised, scratch

CLASSES = 10
SIZES = (40, 8, 101, 2, 1)
"""Samples of each class that is split."""
SHAPES = (((8, 8, 1), 10), ((9, 13, 1), 3), ((28, 28, 1), 10), ((32, 32, 3), 7))
BIASES = ((0, 20.0), (1, 0.1), (0, 3.0))
"""Class and bias that a callback sets before each validation: far off, nearly even, off."""


@probe("prepare")
def prepare(solution, rng):
    """Gray images get a channel, others keep theirs; 255 becomes 1."""
    shapes = {"gray": (5, 8, 6), "colour": (3, 8, 8, 3), "with_a_channel": (5, 8, 6, 1)}
    return {
        name: solution.prepare_images(rng.integers(0, 256, shape).astype("uint8")) for name, shape in shapes.items()
    }


@probe("prepare_more")
def prepare_more(solution, rng):
    """What is divided by 255 hangs on the type alone, and the input stays as it was."""
    inputs = {
        "float64": rng.uniform(0, 1, (4, 8, 5)),
        "float32": rng.uniform(0, 0.5, (4, 8, 5, 2)).astype("float32"),
        "int64": rng.integers(0, 256, (4, 8, 5)),
        "nearly_black": rng.integers(0, 4, (4, 8, 5)).astype("uint8"),
    }
    results = {name: np.array(solution.prepare_images(images)) for name, images in inputs.items()}
    shapes = ((4, 64), (64,), (2, 2, 8, 8, 1))
    return {
        "results": results,
        "inputs": inputs,
        "outcomes": [raised(solution.prepare_images, np.zeros(shape, "uint8")) for shape in shapes],
    }


@probe("split")
def split(solution, rng):
    """Shares of every class, and what the seed decides."""
    in_order = np.repeat(np.arange(len(SIZES)), SIZES)
    mixed = rng.permutation(in_order)
    seen = {
        "sorted": parts(solution.stratified_split, in_order),
        "mixed": parts(solution.stratified_split, mixed, seed=4),
        "nine_tenths": parts(solution.stratified_split, mixed, fraction=0.9, seed=4),
    }
    runs = []
    for state, seed in ((1, 5), (2, 5), (2, 6)):
        np.random.seed(state)
        runs.append([np.asarray(part) for part in solution.stratified_split(in_order, 0.2, seed=seed)])
    first, again, other = runs
    return seen | {
        "next_global_number": float(np.random.random()),
        "same_seed": all(np.array_equal(one, two) for one, two in zip(first, again, strict=True)),
        "same_validation_of_another_seed": bool(np.array_equal(np.sort(first[1]), np.sort(other[1]))),
        "outcomes": [raised(solution.stratified_split, mixed, fraction) for fraction in (0.0, 1.0, -0.2, 1.5)],
    }


def parts(stratified_split, labels, **settings):
    """What a right split has in common with every other right split."""
    train, validation = (np.asarray(part) for part in stratified_split(labels, **settings))
    changes = np.count_nonzero(np.diff(labels[train]))
    return {
        "kinds": [train.dtype.kind in "iu", validation.dtype.kind in "iu"],
        "positions": np.sort(np.concatenate([train, validation])).astype("int64"),
        "train": np.bincount(labels[train], minlength=len(SIZES)),
        "validation": np.bincount(labels[validation], minlength=len(SIZES)),
        "is_mixed": bool(changes > 2 * len(SIZES)) or len(train) < 3 * len(SIZES),
    }


@probe("any_size")
def any_size(solution, rng):
    """Probabilities, the same each time and for every company."""
    seen = {}
    for shape, classes in SHAPES:
        model = solution.build_cnn(shape, classes)
        images = rng.uniform(0, 1, (6, *shape)).astype("float32")
        output, again, alone = (np.asarray(model(x)) for x in (images, images, images[:1]))
        seen["x".join(map(str, shape))] = {
            "shape": list(output.shape),
            "sums": output.sum(axis=1),
            "in_range": bool(np.all((output >= 0) & (output <= 1))),
            "difference_of_two_predictions": output - again,
            "difference_of_being_alone": output[:1] - alone,
        }
    return seen


@probe("architecture")
def architecture(solution, rng):
    """The model goes to a process of its own, where its layers are counted."""
    hand_over(solution.build_cnn((28, 28, 1), CLASSES))


@probe("compiled")
def compiled(solution, rng):
    """What the compiled loss says, beside what it is computed from."""
    model = solution.build_cnn((8, 8, 1), CLASSES)
    images, labels = rng.uniform(0, 1, (40, 8, 8, 1)).astype("float32"), rng.integers(0, CLASSES, 40)
    found = model.evaluate(images, labels, batch_size=40, verbose=0, return_dict=True)
    return {
        "labels": labels,
        "loss": float(found["loss"]),
        "accuracy": float(found["accuracy"]),
        "probabilities": np.asarray(model(images)),
        "penalty": penalty(model),
    }


@probe("learns")
def learns(solution, rng, digits):
    """The model leaves; what stays are labels of images of which nobody told the right ones, half of them very dark."""
    model, _ = solution.train_classifier(digits["images"], digits["labels"], CLASSES)
    hand_over(model)
    return {"labels": solution.predict_labels(model, digits["others"])}


@probe("learns_sorted")
def learns_sorted(solution, rng, digits):
    """The first 1000 again, all zeros first."""
    order = np.argsort(digits["labels"][:1000], kind="stable")
    model, _ = solution.train_classifier(digits["images"][order], digits["labels"][order], CLASSES)
    hand_over(model)


@probe("best_weights")
def best_weights(solution, rng, digits):
    """A callback makes the second epoch the best one, and notes what it saw."""
    images, labels = digits["images"][:300], digits["labels"][:300]
    rows = np.flatnonzero((labels == 0) | (np.cumsum(np.ones(300)) % 2 == 0))
    return trained(solution, images[rows], labels[rows], Disturbing(), len(BIASES))


def trained(solution, images, labels, callback, epochs):
    """What a training says of itself, and what the model that it returned says of the validation part."""
    model, history = solution.train_classifier(images, labels, CLASSES, seed=2, epochs=epochs, callbacks=[callback])
    _, validation = solution.stratified_split(labels, 0.2, 2)
    pixels = (images[validation] / 255).astype("float32")[..., np.newaxis]
    return {
        "all_labels": labels,
        "validation": np.asarray(validation),
        "probabilities": np.asarray(model(pixels)),
        "penalty": penalty(model),
        "seen": callback.losses,
        "history": {
            key: [float(value) for value in history[key]] for key in ("loss", "accuracy", "val_loss", "val_accuracy")
        },
    }


class Disturbing(keras.callbacks.Callback):
    """Before each validation, makes the output the same for all images: far off, nearly even, off.

    Notes the validation loss of each epoch.
    """

    def __init__(self):
        super().__init__()
        self.losses = []
        self.validations = 0

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(float(logs["val_loss"]))

    def on_test_begin(self, logs=None):
        variables = self.model.trainable_variables
        kernel = [variable for variable in variables if len(variable.shape) > 1][-1]
        kernel.assign(np.zeros(kernel.shape, "float32"))
        if len(variables[-1].shape) == 1:
            place, value = BIASES[min(self.validations, len(BIASES) - 1)]
            bias = np.zeros(variables[-1].shape, "float32")
            bias[place] = value
            variables[-1].assign(bias)
        self.validations += 1


@probe("reproducible")
def reproducible(solution, rng, digits):
    """One seed twice and another one, from a different state of the global generators each time."""
    images, labels = digits["images"][:100], digits["labels"][:100]
    pixels = (digits["others"][:20] / 255).astype("float32")[..., np.newaxis]
    outputs = []
    for state, seed in enumerate((3, 3, 4)):
        keras.utils.set_random_seed(100 + state)
        model, _ = solution.train_classifier(images, labels, CLASSES, seed=seed, epochs=1)
        outputs.append(np.asarray(model(pixels)))
    return {"outputs": outputs}


def penalty(model):
    """What layers add to the loss."""
    return float(tf.add_n([tf.cast(loss, tf.float32) for loss in model.losses])) if model.losses else 0.0


def hand_over(model):
    path = scratch() / "model.keras"
    model.save(path)
    artifact(path)
