"""Rows that nobody has seen before, and what two right files may differ in."""

import numpy as np

from grader.checking import Prepared, agree, at_least, at_most, check, equal, fail, prepare

FEATURES = 20


@prepare
def data(rng):
    """Raw features have means and spreads of their own; the rows reach the replays only."""
    mean, std = rng.uniform(-8, 8, FEATURES), np.exp(rng.uniform(np.log(0.4), np.log(5), FEATURES))
    rows = (mean + std * rng.normal(size=(200, FEATURES))).astype("float32")
    return Prepared(solve={"scaling": {"mean": mean, "std": std}}, replay={"rows": rows})


def same_interface(got, want):
    """What a program that opens the file has to know."""
    agree(got["solve"], want["solve"], what="the result of convert_to_tflite")
    for name in ("signatures", "inputs", "outputs"):
        equal(name, got["replay"][name], want["replay"][name])


def same_answers(got, want, largest, average, agreement):
    """Probabilities within these distances of the reference's, and the same class for this share of the rows."""
    for name in ("many", "one"):
        agree(got["replay"][name]["probabilities"], want["replay"][name]["probabilities"], rtol=0, atol=largest)
    many, expected = got["replay"]["many"], want["replay"]["many"]
    distance = np.abs(np.asarray(many["probabilities"]) - expected["probabilities"])
    at_most("average distance of the probabilities", distance.mean(), average)
    agree(np.zeros_like(many["class_id"]), np.zeros_like(expected["class_id"]), what="class_id")
    at_least("share of equal classes", np.mean(many["class_id"] == expected["class_id"]), agreement)
    equal("classes", many["class_id"], many["probabilities"].argmax(-1))


@check("tflite_quantized")
def tflite_quantized(got, want, secret):
    """int8 where the weights are large, and answers that bear it."""
    same_interface(got, want)
    file, expected = got["replay"], want["replay"]
    if "float16" in file["kinds"]:
        fail("Expected int8 weights, received float16 ones.")
    at_least("int8 elements in tensors of 1024 and more", file["int8"], expected["int8"])
    at_most("size of the file in relation to the reference's", file["size"] / expected["size"], 1.15)
    same_answers(got, want, largest=0.1, average=0.01, agreement=0.93)


@check("tflite_float")
def tflite_float(got, want, secret):
    """Nothing is rounded."""
    same_interface(got, want)
    small = {"int8", "float16"} & set(got["replay"]["kinds"])
    if small:
        fail(f"Expected float32 throughout, received {', '.join(sorted(small))}.")
    same_answers(got, want, largest=1e-3, average=1e-4, agreement=0.99)


@check("end_to_end")
def end_to_end(got, want, secret):
    """How addresses and bodies are written is the candidate's own; what comes back is not."""
    agree(got["replay"], want["replay"])
