"""Judges the initial values; every other case is compared with the reference as it stands."""

import math

import numpy as np

from grader.checking import agree, at_least, at_most, check

WIDTH, UNITS = 60, 40
LIMIT = math.sqrt(6 / (WIDTH + UNITS))
# The standard deviation of 2400 uniform draws strays by 0.9 % (one sigma), so 5 % rejects no honest kernel, and still
# tells Glorot from LeCun (9 % less) and He (29 % more). A truncated normal of the same deviation goes over the limit.
STRAY = 0.05


@check("weights")
def weights(got, want, secret):
    """Facts as the reference's; kernels drawn from U(-LIMIT, LIMIT), anew for each layer."""
    # Facts are exact at any tolerance; this one lets random kernels differ from the reference's, but not in shape.
    agree(got, want, atol=1e3, what="layer")
    agree(got["initial_biases"], want["initial_biases"], what="initial_biases")
    for kernel in got["initial_kernels"]:
        glorot(kernel)
    one, other = got["initial_kernels"]
    at_least("largest difference between the kernels of two layers", largest(one - other), LIMIT)


def glorot(kernel):
    """A 60-to-40 kernel is drawn from U(-LIMIT, LIMIT)."""
    at_most("largest initial value of a 60-to-40 kernel", largest(kernel), LIMIT * 1.0001)
    at_least("largest initial value of a 60-to-40 kernel", largest(kernel), LIMIT * 0.97)
    at_most("mean of a 60-to-40 kernel, without its sign", abs(float(np.mean(kernel))), LIMIT * 0.1)
    spread = float(np.std(kernel)) / (LIMIT / math.sqrt(3))
    at_least("standard deviation of a 60-to-40 kernel, over Glorot's", spread, 1 - STRAY)
    at_most("standard deviation of a 60-to-40 kernel, over Glorot's", spread, 1 + STRAY)


def largest(values):
    """The largest magnitude in an array."""
    return float(np.max(np.abs(values)))
