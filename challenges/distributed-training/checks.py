"""Where agreeing with the reference isn't the point, or needs more room for rounding than the default."""

import numpy as np

from grader.checking import agree, at_least, at_most, check, equal, fail

MOST_RUNS = 8
"""Two replicas trace once each for batches of one shape, and a relaxed shape costs as much again."""

LEAST_DISPLACEMENT = 8.0
"""Over six orders of 37 examples the mean distance from the old place is 12.3 with a deviation of 0.6."""

MOST_NEIGHBOURS = 10.0
"""Two of 36 pairs are neighbours by chance; shuffled batches of eight keep 32."""


def steps_agree(got, want):
    """Losses of steps to 1e-4, weights to 1e-3: what the order of a sum over replicas may change."""
    agree(got["losses"], want["losses"], rtol=1e-4, atol=1e-5, what="losses")
    agree(got["weights"], want["weights"], rtol=1e-3, atol=1e-4, what="weights")
    equal("iterations", got["iterations"], want["iterations"])


@check("step_even")
def step_even(got, want, secret):
    steps_agree(got, want)


@check("step_uneven")
def step_uneven(got, want, secret):
    steps_agree(got, want)


@check("step_empty_replica")
def step_empty_replica(got, want, secret):
    steps_agree(got, want)


@check("step_regularized")
def step_regularized(got, want, secret):
    steps_agree(got, want)


@check("one_device")
def one_device(got, want, secret):
    """Every strategy gives what the reference gives on a single device."""
    for name in want:
        steps_agree(got[name], want["default"])


@check("dataset_shuffle")
def dataset_shuffle(got, want, secret):
    """Six orders: two epochs under a seed, the same again, and under another seed."""
    orders = got["orders"]
    every = np.arange(37)
    if len(orders) != len(want["orders"]) or not all(np.array_equal(np.sort(order), every) for order in orders):
        fail("Expected each example once in each epoch.")
    inputs = np.empty_like(want["inputs"][0])
    inputs[want["orders"][0]] = want["inputs"][0]
    for order, received in zip(orders, got["inputs"], strict=True):
        agree(received, inputs[order], rtol=0, atol=0, what="inputs")
    if not all(np.array_equal(orders[epoch], orders[epoch + 2]) for epoch in (0, 1)):
        fail("Expected the same orders under the same seed.")
    if np.array_equal(orders[0], orders[4]) or np.array_equal(orders[0], orders[1]):
        fail("Expected other orders under another seed and in another epoch.")
    at_least(
        "mean distance from the old place", np.mean([np.abs(order - every) for order in orders]), LEAST_DISPLACEMENT
    )
    neighbours = np.mean([np.sum(np.abs(np.diff(order)) == 1) for order in orders])
    at_most("examples that stayed neighbours", neighbours, MOST_NEIGHBOURS)


@check("fit")
def fit(got, want, secret):
    """Each replica works on its own four examples, compiled; the copies are one; the numbers are those of a device."""
    equal("executions of a layer", len(got["inputs"]), len(want["inputs"]))
    agree(got["inputs"], want["inputs"], rtol=0, atol=0, what="what the replicas get")
    at_least("Python runs of the model's layers", got["runs"], 1)
    at_most("Python runs of the model's layers", got["runs"], MOST_RUNS)
    for first, second in got["copies"]:
        agree(second, first, rtol=0, atol=0, what="a variable on the other replica")
    equal("types in the history", got["kinds"], want["kinds"])
    equal("iterations", got["iterations"], want["iterations"])
    agree(got["history"], want["history"], rtol=5e-3, atol=5e-3, what="history")
    agree(got["copies"], want["copies"], rtol=2e-2, atol=5e-3, what="variables")
