"""Files are compared by what they are made of, pruned and quantized models by how much they still know."""

import numpy as np

from grader.checking import Prepared, agree, at_least, at_most, check, equal, fail, prepare, secret_file

TRAINED_ON = 1100
"""The stored network was trained on the first digits; it is judged by the others."""
ANYTHING_FINITE = 1e30
LARGEST_SIZE = 1.15


@prepare
def data(rng):
    """Digits for calibration and for tuning out of the first ones, 500 of the others to be read."""
    with np.load(secret_file("digits.npz")) as file:
        x, y = (file["images"].astype("float32") / 16).reshape(-1, 8, 8, 1), file["labels"].astype("int64")
    with np.load(secret_file("cnn.npz")) as file:
        weights = [file[f"weight_{number}"] for number in range(len(file.files))]
    known, other = rng.permutation(TRAINED_ON), TRAINED_ON + rng.permutation(len(x) - TRAINED_ON)[:500]
    representative = x[known[:250]]
    representative[:100] *= 0.12
    tuned = rng.permutation(TRAINED_ON)[:800]
    digits = {"representative": representative, "x": x[tuned], "y": y[tuned], "test": x[other]}
    return Prepared(
        solve={"digits": digits, "weights": weights}, replay={"held_out": x[other]}, secret={"labels": y[other]}
    )


def right(predictions, labels):
    """The share of digits that are read correctly."""
    return float(np.mean(np.asarray(predictions) == labels))


@check("int8_integers_only")
def int8_integers_only(got, want, secret):
    """No number is floating point, and the input's range is that of all rows."""
    agree(got["solve"], want["solve"], what="the result of quantize")
    file, expected = got["replay"], want["replay"]
    equal("types of input and output", file["ends"], ["uint8", "uint8"])
    floats = [kind for kind in file["kinds"] if "float" in kind]
    if floats:
        fail(f"Expected a file without floating point, received tensors of {', '.join(floats)}.")
    if "int8" not in file["kinds"]:
        fail("Expected int8 weights, received none.")
    at_least("input scale in relation to that of all rows", file["scale"] / expected["scale"], 0.95)
    at_most("input scale in relation to that of all rows", file["scale"] / expected["scale"], 1.05)
    at_most("size in relation to the reference's", file["size"] / expected["size"], LARGEST_SIZE)


@check("int8_accuracy")
def int8_accuracy(got, want, secret):
    """The quantized network reads as well as one that was calibrated with all rows."""
    agree(got["solve"], want["solve"], what="the result of quantize")
    agree(np.zeros_like(got["replay"]["predictions"]), np.zeros_like(want["replay"]["predictions"]), what="predictions")
    expected = right(want["replay"]["predictions"], secret["labels"])
    at_least("accuracy", right(got["replay"]["predictions"], secret["labels"]), expected - 0.03)


@check("modes")
def modes(got, want, secret):
    """Each mode's own types, and an answer that is still the network's."""
    agree(got["solve"], want["solve"], what="calls that are refused")
    for mode, expected in want["replay"].items():
        file = got["replay"][mode]
        equal(f"{mode}: types of input and output", file["ends"], ["float32", "float32"])
        for kind in ("int8", "float16"):
            equal(f"{mode}: {kind} tensors", file[kind], expected[kind])
        at_most(f"{mode}: size in relation to the reference's", file["size"] / expected["size"], LARGEST_SIZE)
        agree(file["output"], expected["output"], rtol=0, atol=0.1, what=f"{mode}: output")


@check("run_tflite_values")
def run_tflite_values(got, want, secret):
    """Half an output step off at the most, apart from a few entries where two roundings meet."""
    for kind, expected in want.items():
        outputs = got[kind]["outputs"]
        agree(outputs, expected["outputs"], rtol=0, atol=ANYTHING_FINITE, what=kind)
        off = [
            np.abs(np.asarray(outputs[name]) - np.clip(rows, expected["low"], expected["high"])).ravel()
            for name, rows in expected["expected"].items()
        ]
        if kind == "float32":
            at_most("float32: largest distance from the layer's output", np.concatenate(off).max(), 1e-5)
            continue
        steps = np.concatenate(off) / expected["step"]
        at_most(f"{kind}: share of entries off by more than half a step", np.mean(steps > 0.51), 0.02)
        at_most(f"{kind}: steps by which an entry is off", steps.max(), 1.5)


def zeros(kernel):
    """The share of exact zeros."""
    return float(np.mean(np.asarray(kernel) == 0))


@check("prune_sparsity")
def prune_sparsity(got, want, secret):
    """Each kernel has its share of zeros, and what was handed over is as it was."""
    for name in ("another", "layers", "parameters"):
        equal(name, got[name], want[name])
    agree(got["original"], want["original"], rtol=0, atol=0, what="weights of the model that was handed over")
    for name in ("kernels", "output"):
        agree(got[name], want[name], rtol=0, atol=ANYTHING_FINITE, what=name)
    for number, kernel in enumerate(got["kernels"]):
        at_most(f"kernel {number}: distance from final_sparsity", abs(zeros(kernel) - want["sparsity"]), 0.03)


@check("prune_accuracy")
def prune_accuracy(got, want, secret):
    """Sparse everywhere, and as right as the reference, or nearly so."""
    agree(got["kernels"], want["kernels"], rtol=0, atol=ANYTHING_FINITE, what="kernels")
    for number, kernel in enumerate(got["kernels"]):
        at_least(f"kernel {number}: share of zeros", zeros(kernel), 0.77)
    agree(np.zeros_like(got["predictions"]), np.zeros_like(want["predictions"]), what="predictions")
    expected = right(want["predictions"], secret["labels"])
    at_least("accuracy", right(got["predictions"], secret["labels"]), expected - 0.05)


@check("one_compilation")
def one_compilation(got, want, secret):
    """Traced once or twice, whatever comes; everything goes through `compiled`."""
    for name in ("outputs", "recorded", "shapes", "a tf.function", "compiled for the batch"):
        agree(got[name], want[name], what=name)
    at_most("traces of the model", got["traces"], 2)
