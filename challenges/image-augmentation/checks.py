"""Whether what was drawn lies in the range that was asked for, reaches its ends, and is drawn anew for each image.

Bounds leave five standard deviations or more for chance.
"""

import numpy as np

from grader.checking import Prepared, agree, at_least, at_most, check, equal, fail, prepare

REACH = 0.7
PASSES, BATCH = 2, 16


@prepare
def pictures(rng):
    """What is shown to the classifier before and after it is exported."""
    return Prepared(solve={"shown": rng.uniform(0, 1, (6, 20, 16, 3)).astype("float32")})


def numbers(array, shape, what):
    """A float64 array of finite numbers that came out of the candidate's jail; other shapes are a failure."""
    found = np.asarray(array)
    if found.shape != tuple(shape) or found.dtype.kind not in "fiu" or not np.isfinite(found).all():
        fail(f"{what}: expected finite numbers of shape {tuple(shape)}, received {found.dtype} of shape {found.shape}.")
    return found.astype("float64")


class Dots:
    """What three dots say of each image: turned by how much, scaled, shifted, mirrored or not."""

    def __init__(self, centroids, like):
        where = numbers(centroids, np.shape(like), "positions of the dots")
        self.shift = where[:, 0]
        right, up = where[:, 1] - where[:, 0], where[:, 2] - where[:, 0]
        self.mirrored = right[:, 0] * up[:, 1] - right[:, 1] * up[:, 0] > 0
        self.angle = np.degrees(np.arctan2(up[:, 0], -up[:, 1]))
        self.scales = np.hypot(*right.T) / 12, np.hypot(*up.T) / 12

    def keeps(self, *, angle=None, shift=None, scale=None, mirror=False):
        """Fail where something moved that was switched off."""
        if angle is not None:
            at_most("largest angle where nothing turns", np.abs(self.angle).max(), angle)
        if shift is not None:
            at_most("largest shift where nothing is shifted", np.abs(self.shift).max(), shift)
        if scale is not None:
            at_most("largest change of size where nothing is zoomed", np.abs(np.array(self.scales) - 1).max(), scale)
        if mirror:
            at_most("share of mirrored images where mirroring is off", self.mirrored.mean(), 0)


def spans(what, values, low, high, slack=0.0):
    """All values lie in low..high, and some reach 0.7 of the way from the middle to either end."""
    middle, half = (low + high) / 2, (high - low) / 2
    at_least(f"lowest {what}", values.min(), low - slack)
    at_most(f"highest {what}", values.max(), high + slack)
    at_most(f"lowest {what}", values.min(), middle - REACH * half)
    at_least(f"highest {what}", values.max(), middle + REACH * half)


@check("rotation")
def rotation(got, want, secret):
    """Uniform up to the limit, both ways, about the middle."""
    for limit, found, like in zip(want["limits"], got["dots"], want["dots"], strict=True):
        dots = Dots(found, like)
        dots.keeps(mirror=True)
        spans(f"angle with rotation_degrees={limit:g}", dots.angle, -limit, limit, slack=1.5)
        dots.keeps(shift=1.0, scale=0.08)


@check("shift_and_zoom")
def shift_and_zoom(got, want, secret):
    """Each axis has its own shift, both have one scale, and what comes in is black."""
    shifted, zoomed = (Dots(got[name], want[name]) for name in ("shifted", "zoomed"))
    for axis, what in enumerate(("shift in x", "shift in y")):
        spans(f"{what} of 48 pixels with shift=0.2", shifted.shift[:, axis], -9.6, 9.6, slack=0.7)
    at_most("correlation of the shifts in x and y", abs(np.corrcoef(shifted.shift.T)[0, 1]), 0.5)
    wide, high = zoomed.scales
    at_least("smallest scale with zoom=0.3", wide.min(), 0.68)
    at_most("largest scale with zoom=0.3", wide.max(), 1.46)
    at_most("smallest scale with zoom=0.3", wide.min(), 0.85)
    at_least("largest scale with zoom=0.3", wide.max(), 1.15)
    at_most("difference between the scales of both axes", np.abs(wide - high).max(), 0.08)
    zoomed.keeps(angle=3, shift=1.5, mirror=True)
    darkest = numbers(got["darkest"], want["darkest"].shape, "darkest pixels")
    at_least("share of white images with black from outside", (darkest < 0.15).mean(), 0.9)


@check("flip")
def flip(got, want, secret):
    """About half of the images, left-right only."""
    dots = Dots(got["dots"], want["dots"])
    at_least("share of mirrored images", dots.mirrored.mean(), 0.3)
    at_most("share of mirrored images", dots.mirrored.mean(), 0.7)
    dots.keeps(angle=3, shift=1.0, scale=0.08)


@check("contrast")
def contrast(got, want, secret):
    """Factors on both sides of 1, and nothing outside of [0, 1]."""
    for name in ("like", "like_default"):
        agree(got[name], want[name], what="shape and dtype of the output")
    factors = numbers(got["factors"], want["factors"].shape, "contrast factors")
    spans("factor with contrast=0.4", factors, 0.6, 1.4, slack=0.02)
    means = numbers(got["means"], want["means"].shape, "means")
    at_most("largest change of an image's mean", np.abs(means).max(), 0.02)
    ranges = numbers(got["ranges"], want["ranges"].shape, "ranges")
    at_least("lowest value of black and white images", ranges.min(), -1e-5)
    at_most("highest value of black and white images", ranges.max(), 1 + 1e-5)


@check("off_at_inference")
def off_at_inference(got, want, secret):
    """Nothing at inference, something in training."""
    shape = want["inference"].shape
    at_most("largest difference with training=False", np.abs(numbers(got["inference"], shape, "differences")).max(), 0)
    at_most("largest difference, all off", np.abs(numbers(got["all_off"], shape, "differences")).max(), 1e-5)
    changed = np.abs(numbers(got["training"], shape, "differences")).max((1, 2, 3))
    at_least("smallest change of an image with training=True", changed.min(), 0.05)
    equal("is a layer", got["is_a_layer"], want["is_a_layer"])


def apart(first, second):
    """The largest difference of two arrays."""
    return float(np.abs(first - second).max())


def arrays(got, want, *names):
    """For each name the list of arrays under it, in the shapes that the reference's have."""
    found = []
    for name in names:
        ones, like = got[name], want[name]
        if not isinstance(ones, list) or len(ones) != len(like):
            fail(f"{name}: expected {len(like)} arrays, received something else.")
        found.append([numbers(one, np.shape(other), name) for one, other in zip(ones, like, strict=True)])
    return found


@check("independent_and_seeded")
def independent_and_seeded(got, want, secret):
    """Eight copies of an image become eight images; a seed fixes two calls, and nothing else does."""
    first, again, other, free, free_too = arrays(got, want, "first", "again", "other_seed", "unseeded", "unseeded_too")
    copies = first[0].reshape(len(first[0]), -1).round(4)
    at_least("different results for eight copies of an image", len(np.unique(copies, axis=0)), len(copies))
    at_least("difference between two calls", apart(*first), 1e-3)
    for call in range(2):
        at_most(f"difference in call {call + 1} with one seed", apart(first[call], again[call]), 1e-5)
    at_least("difference between two seeds", apart(first[0], other[0]), 1e-3)
    at_least("difference without a seed", apart(free[0], free_too[0]), 1e-3)


@check("in_the_model")
def in_the_model(got, want, secret):
    """Probabilities that depend on the image; random in training, not in predict; the same after loading."""
    shape = want["first"].shape
    agree(got["first"] * 0, want["first"] * 0, what="shape and dtype of the predictions")
    first, loaded = (numbers(got[name], shape, name) for name in ("first", "loaded"))
    trained, augmented, loaded_augmented = arrays(got, want, "trained", "augmented", "loaded_augmented")
    at_most("distance of the rows' sums from 1", float(np.abs(first.sum(1) - 1).max()), 1e-4)
    at_least("difference between the predictions for different images", float(np.ptp(first, axis=0).max()), 1e-3)
    at_most("difference between two predicts", apart(*trained), 1e-6)
    at_least("difference between two calls with training=True", apart(*augmented), 1e-5)
    at_least("change of the predictions by an epoch of fit", apart(first, trained[0]), 1e-6)
    at_most("difference after loading", apart(trained[0], loaded), 1e-5)
    at_least("difference between two calls with training=True after loading", apart(*loaded_augmented), 1e-5)
    equal("fit changes each weight", got["learns"], want["learns"])


@check("dataset_reproducible")
def dataset_reproducible(got, want, secret):
    """Both passes are fixed by the seed, and by nothing else."""
    first, again, other = arrays(got, want, "first", "again", "other_seed")
    for number in range(PASSES):
        at_most(f"difference in pass {number + 1} of one seed", apart(first[number], again[number]), 1e-5)
    at_least("difference between two seeds", apart(first[0], other[0]), 1e-3)
    at_least("difference between two passes", apart(*first), 1e-3)


@check("served_without_augmentation")
def served_without_augmentation(got, want, secret):
    """What is served is what the model predicts, each time; and there is something to see in it."""
    solve, served = got["solve"], got["replay"]
    predicted = numbers(solve["predicted"], want["solve"]["predicted"].shape, "predictions")
    at_most("distance of the rows' sums from 1", np.abs(predicted.sum(1) - 1).max(), 1e-4)
    at_least("difference between the predictions for different images", np.ptp(predicted, axis=0).max(), 1e-3)
    first, second = (numbers(one, predicted.shape, "outputs in training") for one in solve["training"])
    at_least("difference between two calls with training=True", np.abs(first - second).max(), 1e-5)
    equal("inputs", served["inputs"], want["replay"]["inputs"])
    agree(served["once"], solve["predicted"], atol=1e-4, what="served")
    agree(served["twice"], served["once"], atol=1e-6, what="served again")
    agree(served["alone"], served["once"][:1], atol=1e-4, what="served alone")


@check("image_ranges")
def image_ranges(got, want, secret):
    """Four draws, each in its range, none tied to another."""
    agree(got["labels"], want["labels"], what="labels")
    agree(got["like"], want["like"], what="shape and dtype of the image")
    names = ("brightness", "contrast", "saturation", "sideways", "upwards")
    found = {name: numbers(got[name], want[name].shape, name) for name in names}
    spans("brightness", found["brightness"], -0.1, 0.1, slack=0.003)
    spans("contrast factor", found["contrast"], 0.9, 1.1, slack=0.005)
    spans("saturation factor", found["saturation"], 0.9, 1.1, slack=0.005)
    mirrored = found["sideways"] < 0
    at_least("share of mirrored images", mirrored.mean(), 0.3)
    at_most("share of mirrored images", mirrored.mean(), 0.7)
    at_most("share of images that are upside down", (found["upwards"] <= 0).mean(), 0)
    draws = np.stack([mirrored.astype(float), *(found[name] for name in names[:3])])
    at_most("largest correlation between two draws", np.abs(np.corrcoef(draws) - np.eye(4)).max(), 0.4)


@check("image_stateless")
def image_stateless(got, want, secret):
    """The same arguments give the same image, other seeds give others."""
    shape, floats = want["first"].shape, want["float_input"]
    agree(got["first"] * 0, want["first"] * 0, what="shape and dtype")
    images = {
        name: numbers(got[name], shape, name) for name in ("first", "again", "in_a_graph", "other_seed", "of_bytes")
    }

    first = images["first"]
    at_most("difference between two calls with one seed", apart(images["again"], first), 1e-6)
    at_most("difference between graph and eager", apart(images["in_a_graph"], first), 1e-4)
    at_most("difference between bytes and floats", apart(images["of_bytes"], first), 5e-3)
    at_least("difference between two seeds", apart(images["other_seed"], first), 1e-3)
    at_most("change of the mean", abs(first.mean() - floats.mean()), 0.12)
    agree(got["grays"][:0], want["grays"][:0], what="gray images")
    grays = numbers(got["grays"], want["grays"].shape, "gray images")
    changed = np.abs(grays - want["gray_input"]).max((1, 2, 3)) > 1e-3
    at_least("gray images, of 20, that were changed", int(changed.sum()), 18)
    every = [*images.values(), grays]
    at_least("lowest value", min(one.min() for one in every), 0)
    at_most("highest value", max(one.max() for one in every), 1)


@check("dataset_training")
def dataset_training(got, want, secret):
    """Complete, shuffled, new in each pass, and drawn for each image."""
    equal("batch sizes", got["sizes"], want["sizes"])
    given = want["given"]
    count = len(given)
    agree(got["like"], want["like"], what="shape and dtype of the images")
    for found, answers in zip(got["numbers"], got["labels"], strict=True):
        if not np.array_equal(np.sort(found), np.arange(count)):
            fail("Expected every example once in a pass, received some of them twice or not at all.")
        agree(answers, given[found], what="labels")
        at_most("correlation of a pass's order with the given one", abs(order(found, np.arange(count))), 0.8)
    at_most("correlation of the orders of two passes", abs(order(*got["numbers"])), 0.8)
    same = (numbers(got["change"], (count,), "changes") < 1e-4).sum()
    at_most("images with the same pixels in both passes", int(same), 2)
    brightness = np.stack([numbers(one, (count,), "brightness") for one in got["brightness"]])
    different = len(np.unique(brightness[0, :BATCH].round(4)))
    at_least("different brightness shifts in the first batch of 16", different, 14)
    spans("brightness shift", brightness.ravel(), -0.1, 0.1, slack=0.005)
    ranges = numbers(got["ranges"], (PASSES, 2), "ranges")
    at_least("lowest value", ranges.min(), 0)
    at_most("highest value", ranges.max(), 1)


def order(first, second):
    """How much two orders go together: the correlation of the examples' places."""
    return float(np.corrcoef(np.argsort(first), np.argsort(second))[0, 1])
