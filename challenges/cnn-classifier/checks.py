"""No two right models are alike: what counts is how many images they get right, and what follows from their outputs."""

import numpy as np

from grader.checking import Prepared, agree, at_least, at_most, check, equal, fail, prepare, secret_file

HELD_OUT, TRAINING = 300, 1400
DARK = 16


@prepare
def data(rng):
    """1400 digits with labels, 97 without (and once more nearly black), and 300 that only saved models meet."""
    with np.load(secret_file("digits.npz")) as file:
        images, labels = file["images"].reshape(-1, 8, 8), file["labels"].astype("int64")
    images = np.rint(images * (255 / 16)).astype("uint8")
    order = rng.permutation(len(images))
    held_out, training, rest = np.split(order, [HELD_OUT, HELD_OUT + TRAINING])
    digits = {
        "images": images[training],
        "labels": labels[training],
        "others": np.concatenate([images[rest], images[rest] // DARK]),
    }
    secret = {"held_out": labels[held_out], "others": labels[rest]}
    return Prepared(solve={"digits": digits}, replay={"held_out": images[held_out]}, secret=secret)


@check("architecture")
def architecture(got, want, secret):
    """The limits of the statement."""
    layers = got["replay"]
    at_least("Conv2D layers", layers["convolutions"], 2)
    at_least("BatchNormalization layers", layers["normalizations"], 2)
    at_least("pooling layers and strided convolutions", layers["smaller"], 1)
    at_least("dropout layers with a rate above 0", layers["dropouts"], 1)
    at_most("parameters", layers["parameters"], 200_000)
    equal("Lambda layers", layers["lambdas"], 0)


@check("compiled")
def compiled(got, want, secret):
    """The loss is the mean cross-entropy of the probabilities (and the penalties), accuracy the share of right ones."""
    labels = want["labels"]
    probabilities = table(got["probabilities"], len(labels))
    expected = cross_entropy(probabilities, labels) + float(got["penalty"])
    at_most("difference between the loss and the mean of -log(probability)", abs(float(got["loss"]) - expected), 1e-3)
    share = float(np.mean(probabilities.argmax(axis=1) == labels))
    at_most("difference between accuracy and the share that is right", abs(float(got["accuracy"]) - share), 1e-3)


@check("learns")
def learns(got, want, secret):
    """The loaded model is good, and predict_labels says what it says."""
    at_least("share right of 300 new digits", right(got["replay"]["held_out"], secret["held_out"]), 0.94)
    labels = np.asarray(got["solve"]["labels"])
    expected = want["solve"]["labels"]
    equal("predict_labels", [list(labels.shape), labels.dtype.name], [list(expected.shape), expected.dtype.name])
    most_probable = table(got["replay"]["others"], len(expected)).argmax(axis=1)
    at_least("share of predict_labels that is the model's most probable class", np.mean(labels == most_probable), 0.98)
    count = len(secret["others"])
    at_least("share right of predict_labels", np.mean(labels[:count] == secret["others"]), 0.90)


@check("learns_sorted")
def learns_sorted(got, want, secret):
    """Sorted labels cost no class."""
    at_least("share right of 300 new digits", right(got["replay"]["held_out"], secret["held_out"]), 0.92)


@check("best_weights")
def best_weights(got, want, secret):
    """The model that came back has the lowest validation loss of all epochs."""
    labels, seen = want["all_labels"], got["seen"]
    lengths = {key: len(values) for key, values in got["history"].items()}
    equal("entries of the history", lengths, dict.fromkeys(lengths, len(seen)))
    at_least("epochs that the callback saw", len(seen), 1)
    at_most("epochs that the callback saw", len(seen), 3)
    agree(got["history"]["val_loss"], seen, rtol=1e-4, atol=1e-4, what="history")
    validation = np.asarray(got["validation"])
    if validation.shape != want["validation"].shape or not set(validation.tolist()) <= set(range(len(labels))):
        fail(f"Validation part: expected {len(want['validation'])} positions in the labels.")
    loss = cross_entropy(table(got["probabilities"], len(validation)), labels[validation]) + float(got["penalty"])
    gap = abs(loss - min(seen))
    at_most("distance of the returned model's validation loss from the lowest of all epochs", gap, 2e-3)


@check("reproducible")
def reproducible(got, want, secret):
    """Equal seeds, equal probabilities."""
    first, again, other = (table(output, 20) for output in got["outputs"])
    at_most("difference of two runs with one seed", float(np.abs(first - again).max()), 1e-3)
    at_least("difference of two runs with different seeds", float(np.abs(first - other).max()), 1e-3)


def table(probabilities, rows):
    """The probabilities, if they have one row for each image and one column for each digit."""
    probabilities = np.asarray(probabilities)
    equal("shape of the probabilities", list(probabilities.shape), [rows, 10])
    return probabilities.astype("float64")


def cross_entropy(probabilities, labels):
    """Mean of -log(p), cut off where float32 does it."""
    chosen = probabilities[np.arange(len(labels)), labels]
    return float(np.mean(-np.log(np.clip(chosen, 1e-7, 1.0))))


def right(probabilities, labels):
    return float(np.mean(table(probabilities, len(labels)).argmax(axis=1) == labels))
