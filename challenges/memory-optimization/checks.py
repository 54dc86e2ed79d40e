"""Where agreeing with the reference isn't the point: counts with a bound, and half precision."""

import math

import numpy as np

from grader.checking import agree, at_most, check, equal, fail

MOST_TRACES = 4
MOST_AHEAD = 2
MOST_FILES_ALIVE = 2
HALF = 0.02
"""What float16 may change in a gradient; its own precision is 1e-3."""


@check("largest_batch")
def largest_batch(got, want, secret):
    """The right sizes, found with few trials inside the range; another error isn't taken for a lack of memory."""
    equal("sizes", got["found"], want["found"])
    equal("an error of the step's own", got["other error"], want["other error"])
    if len(got["tried"]) != len(want["ranges"]):
        fail("Expected one search for each range.")
    for (low, high, _), tried in zip(want["ranges"], got["tried"], strict=True):
        if not tried or min(tried) < low or max(tried) > high:
            fail("Expected trials inside the range.")
        if len(set(tried)) < len(tried):
            fail("Expected each size to be tried once at most.")
        at_most("trials beyond 2 * ceil(log2(high)) + 2", len(tried) - (2 * math.ceil(math.log2(high)) + 2), 0)


@check("mixed_layout")
def mixed_layout(got, want, secret):
    """Layers and precision must be the same; outputs agree as far as float16 goes, and are probabilities in float32."""
    for what in ("layers", "compute", "shapes", "dtypes"):
        equal(what, got[what], want[what])
    agree(got["output"], want["output"], rtol=HALF, atol=HALF, what="output")
    at_most("distance of a row's sum from 1", float(np.abs(got["output"].sum(axis=-1) - 1).max()), 1e-5)


@check("scaled_gradients")
def scaled_gradients(got, want, secret):
    """Each gradient is the reference's to 2 % of its norm; weights and scale stay."""
    agree(got["loss"], want["loss"], rtol=HALF, what="loss")
    equal("scale", got["scale"], want["scale"])
    agree(got["moved"], want["moved"], rtol=0, atol=0, what="movement of the weights")
    if len(got["gradients"]) != len(want["gradients"]):
        fail("Expected one gradient for each trainable variable.")
    for one, other in zip(got["gradients"], want["gradients"], strict=True):
        agree(one, other, rtol=0, atol=math.inf, what="gradients")
        difference, length = np.linalg.norm(one - other), np.linalg.norm(other)
        at_most("error of a gradient, relative to its norm", float(difference / length), HALF)


@check("loss_scaler")
def loss_scaler(got, want, secret):
    """Which steps are taken, and the scale, exactly; the weights as far as float16 goes."""
    for name in want:
        for what in ("taken", "scale", "moved", "iterations"):
            equal(f"{name}: {what}", got[name][what], want[name][what])
        agree(got[name]["weights"], want[name]["weights"], rtol=HALF, atol=2e-3, what=f"{name}: weights")


@check("accumulate_streams")
def accumulate_streams(got, want, secret):
    """One micro-batch at a time, not read far ahead, in few traces; and the numbers of a real training."""
    for what in ("losses", "kinds", "weights", "iterations"):
        agree(got[what], want[what], what=what)
    equal("executions of a layer", len(got["inputs"]), len(want["inputs"]))
    agree(got["inputs"], want["inputs"], rtol=0, atol=0, what="what the model gets at once")
    equal("micro-batches read", got["pulled"], want["pulled"])
    ahead = max((pulled - done for done, pulled in enumerate(got["pulled_at"], start=1)), default=math.inf)
    at_most("micro-batches read ahead", ahead, MOST_AHEAD)
    at_most("Python runs of the model's layers", got["traces"], MOST_TRACES)


@check("stream_lazy")
def stream_lazy(got, want, secret):
    """Everything but the number of files alive is the reference's."""
    at_most("files alive at once", got["most alive"], MOST_FILES_ALIVE)
    for what in ("opened", "batches", "first file alive", "kept", "no files"):
        agree(got[what], want[what], rtol=0, atol=0, what=what)
