"""How good a training was is judged against PCA, labels that stay secret, and the places of damaged images."""

import numpy as np

from grader.checking import Prepared, agree, at_least, at_most, check, equal, fail, prepare, secret_file

TRAIN, HELD_OUT, NORMAL = 1300, 200, 120
DAMAGED = 0.3
LATENT = 8
NEIGHBOURS = 5
WITHOUT_CHECKS_OF_THEIR_OWN = ("codes", "inference", "unsaid", "predict", "quiet_training")


@prepare
def data(rng):
    """1300 digits to train on, 200 that only exported halves meet, 120 normal ones, and a stream of the rest."""
    with np.load(secret_file("digits.npz")) as file:
        digits, labels = file["images"].reshape(-1, 8, 8), file["labels"].astype("int64")
    images = np.rint(digits * (255 / 16)).astype("uint8")
    order = rng.permutation(len(images))
    train, held_out, normal, rest = np.split(order, np.cumsum([TRAIN, HELD_OUT, NORMAL]))
    stream, damaged = damage(images[rest] / 255, rng)
    new = (images[held_out] / 255).astype("float32")
    secret = {
        "train": images[train] / 255,
        "held_out": new,
        "train_labels": labels[train],
        "held_out_labels": labels[held_out],
        "damaged": damaged,
    }
    solve = {"digits": {"train": images[train], "normal": images[normal], "stream": stream}}
    return Prepared(solve=solve, replay={"held_out": new}, secret=secret)


def damage(images, rng):
    """Turn, blur with noise, or invert a patch of three in ten images. Returns the stream and where they are."""
    damaged = rng.permutation(len(images)) < DAMAGED * len(images)
    stream = images.copy()
    for number, place in enumerate(np.flatnonzero(damaged)):
        image = stream[place]
        if number % 3 == 0:
            stream[place] = np.rot90(image)
        elif number % 3 == 1:
            stream[place] = np.clip(image + rng.normal(0, 0.3, image.shape), 0, 1)
        else:
            row, column = rng.integers(1, 5, 2)
            image[row : row + 3, column : column + 3] = 1 - image[row : row + 3, column : column + 3]
    return stream.astype("float32"), damaged


@check("noise_in_training_only")
def noise_in_training_only(got, want, secret):
    """Quiet outputs are those of the formula; noisy ones scatter around them as far as they should."""
    for name in WITHOUT_CHECKS_OF_THEIR_OWN:
        agree(got[name], want[name], what=name)
    clean = np.asarray(want["inference"], "float64")
    noisy, expected = (np.asarray(one["training"], "float64") for one in (got, want))
    equal("outputs in training", list(noisy.shape), list(expected.shape))
    at_least("difference of two calls in training", float(np.abs(noisy[0] - noisy[1]).max()), 1e-3)
    deviation, right = (float(np.abs(one - clean).mean()) for one in (noisy, expected))
    at_least("effect of the noise in relation to what it should be", deviation / right, 0.9)
    at_most("effect of the noise in relation to what it should be", deviation / right, 1.1)
    # The formula bends the noise's mean away from zero, by more for some weights than for others.
    share, usual = (
        float(np.abs(one.mean(axis=0) - clean).mean()) / far for one, far in ((noisy, deviation), (expected, right))
    )
    at_most("share of 40 noisy outputs' distance that their mean keeps, beyond the usual", share - usual, 0.15)


@check("compile_and_fit")
def compile_and_fit(got, want, secret):
    """The loss falls, all weights move, and evaluate is the mean squared error of the predictions."""
    equal("number of weights", len(got["moved"]), len(want["moved"]))
    at_least("smallest movement of a weight array", min(got["moved"]), 1e-3)
    equal("epochs", [len(got["losses"]), len(got["validation_losses"])], [16, 15])
    at_most("last loss in relation to the first", got["losses"][-1] / got["losses"][0], 0.6)
    pictures = np.asarray(want["pictures"], "float64")
    predictions = np.asarray(got["predictions"])
    equal("predictions", list(predictions.shape), list(pictures.shape))
    error = float(np.mean((predictions - pictures) ** 2))
    at_most("difference of evaluate and the predictions' mean squared error", abs(got["evaluate"] - error), 1e-4)


@check("training_run")
def training_run(got, want, secret):
    """Two epochs each, the same losses, and they fall."""
    equal("is an Autoencoder", got["is_an_autoencoder"], True)
    equal("shape of codes", got["codes"], want["codes"])
    first, again = got["runs"]
    for key in ("loss", "val_loss"):
        equal(f"entries of {key}", [len(first[key]), len(again[key])], [2, 2])
    agree(again, first, rtol=1e-4, atol=1e-7, what="losses of the second run")
    at_most("loss of the second epoch in relation to the first", first["loss"][1] / first["loss"][0], 0.9999)


@check("learns")
def learns(got, want, secret):
    """Better than the best linear map of as many numbers."""
    found, images = got["replay"], np.asarray(secret["held_out"], "float64")
    equal("shape of codes", list(np.shape(found["codes"])), [len(images), LATENT])
    equal("shape of images", list(np.shape(found["images"])), list(images.shape))
    error = float(np.mean((np.asarray(found["images"], "float64") - images) ** 2))
    ratio = error / pca_error(secret["train"], images)
    at_most("mean squared error on new digits in relation to that of PCA with 8 components", ratio, 0.75)


def pca_error(train, images):
    """Mean squared error of the projection on the first components of the training images."""
    rows, new = (np.asarray(one, "float64").reshape(len(one), -1) for one in (train, images))
    center = rows.mean(axis=0)
    components = np.linalg.svd(rows - center, full_matrices=False)[2][:LATENT]
    return float(np.mean((new - center - (new - center) @ components.T @ components) ** 2))


@check("useful_codes")
def useful_codes(got, want, secret):
    """The file's codes are the model's, every unit is in use, and neighbours have the same label."""
    train, new = (np.asarray(got["replay"][name], "float64") for name in ("train", "held_out"))
    equal("shape of codes", [list(train.shape), list(new.shape)], [[TRAIN, LATENT], [HELD_OUT, LATENT]])
    agree(np.asarray(got["solve"]["codes"]), train.astype("float32"), rtol=1e-3, atol=1e-3, what="codes of the model")
    least = float(train.std(axis=0).min() / train.std())
    at_least("smallest standard deviation of a unit in relation to that of all codes", least, 0.02)
    distances = ((new[:, np.newaxis] - train[np.newaxis]) ** 2).sum(axis=2)
    near = secret["train_labels"][np.argsort(distances, axis=1)[:, :NEIGHBOURS]]
    votes = np.array([np.bincount(row, minlength=10).argmax() for row in near])
    at_least("share right by 5 nearest neighbours", float(np.mean(votes == secret["held_out_labels"])), 0.85)


@check("find_anomalies")
def find_anomalies(got, want, secret):
    """Flags follow from errors and a quantile of normal ones; errors tell damaged images from good ones."""
    flags = got["flags"]
    lengths = {name: len(flag) for name, flag in want["flags"].items()}
    equal(
        "flags",
        {name: [flag.dtype.name, list(flag.shape)] for name, flag in flags.items()},
        {name: ["bool", [length]] for name, length in lengths.items()},
    )
    given, expected = got["of_given_weights"], want["of_given_weights"]
    equal("flags of given weights", [given.dtype.name, list(given.shape)], ["bool", list(expected.shape)])
    at_most("wrong flags for a model with given weights", int(np.count_nonzero(given != expected)), 1)
    equal("flags at the default", flags["at_default"], flags["at_0.05"])
    at_most("distance of the share of normal images flagged from 0.1", abs(flags["normal_at_0.1"].mean() - 0.1), 0.006)
    errors, few, many = np.asarray(got["errors"], "float64"), flags["at_0.05"], flags["at_0.3"]
    equal("shape of errors", list(errors.shape), list(few.shape))
    if np.any(few & ~many):
        fail("An image is flagged at 0.05 and not at 0.3.")
    for chosen in (few, many):
        if chosen.any() and not chosen.all() and errors[chosen].min() < errors[~chosen].max() * (1 - 1e-5):
            fail("An image that is flagged has a smaller error than one that isn't.")
    damaged = secret["damaged"]
    area = float(np.mean(errors[damaged][:, np.newaxis] > errors[~damaged]))
    at_least("share of pairs in which the damaged image has the larger error", area, 0.95)
    at_most("share of good images flagged", float(few[~damaged].mean()), 0.20)
    at_least("share of damaged images flagged", float(few[damaged].mean()), 0.70)
