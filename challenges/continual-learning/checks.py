"""What no two right solutions do alike: which rows are kept and replayed. And labels that stay out of the jail."""

import math

import numpy as np

from grader.checking import Prepared, agree, at_least, at_most, check, equal, fail, prepare, secret_file

MOST_TRACES = 3
FIRST = 5
"""Classes 0 to 4 come first, 5 to 9 later."""


@prepare
def data(rng):
    """Digits: three passes over 600 rows of the first five classes, then three over 600 of the others."""
    with np.load(secret_file("digits.npz")) as file:
        x, y = file["images"].astype("float32") / 16, file["labels"].astype("int64")
    order = rng.permutation(len(x))
    train, test = order[:1300], order[1300:]
    stream = []
    for part in (train[y[train] < FIRST][:600], train[y[train] >= FIRST][:600]):
        stream += [rng.permutation(part) for _ in range(3)]
    rows = np.concatenate(stream)
    digits = {"stream_x": x[rows], "stream_y": y[rows], "test_x": x[test]}
    return Prepared(solve={"digits": digits}, secret={"labels": y[test]})


@check("does_not_forget")
def does_not_forget(got, want, secret):
    """Both halves are known in the end, from a memory that is bounded."""
    labels = secret["labels"]
    predictions = np.asarray(got["predictions"])
    equal("number of predictions", list(predictions.shape), list(labels.shape))
    early = labels < FIRST
    at_least("accuracy on the classes of the first half", np.mean(predictions[early] == labels[early]), 0.60)
    at_least("accuracy on the classes of the second half", np.mean(predictions[~early] == labels[~early]), 0.75)
    at_most("rows in the buffer", got["held"], 150)
    equal("rows seen", got["seen"], want["seen"])


@check("buffer_contract")
def buffer_contract(got, want, secret):
    """Every drawn row is one that was given, with its label, once."""
    for name in ("refused", "sizes"):
        agree(got[name], want[name], what=name)
    given, offered = want["given"], (12, 12, 82, 82, 82)
    for sample, expected, count in zip(got["drawn"], want["drawn"], offered, strict=True):
        agree(shape_of(sample), shape_of(expected), what="sample")
        numbers = sample["x"][:, 0, 0]
        if not set(numbers.tolist()) <= set(range(count)):
            fail("A sample has rows that were never added.")
        rows = numbers.astype(int)
        if len(set(rows.tolist())) < len(rows):
            fail("A sample has the same row twice.")
        agree(sample, {"x": given[rows], "y": rows % 5}, what="rows with their labels")
    first, second, few = (set(sample["x"][:, 0, 0].tolist()) for sample in got["drawn"][2:])
    if first != second or not few <= first:
        fail("Two samples of everything that is held have different rows.")


def shape_of(sample):
    """What a sample is made of."""
    return {name: [list(column.shape), column.dtype.name] for name, column in sample.items()}


@check("reservoir_is_uniform")
def reservoir_is_uniform(got, want, secret):
    """Five standard deviations for each tenth of the stream; buffers with other seeds differ, twins don't."""
    contents = []
    for name in ("small", "large"):
        rows = []
        for sample, expected in zip(got[name], want[name], strict=True):
            equal("shape of a sample", list(sample.shape), list(expected.shape))
            equal("labels of a sample", sample[1], sample[0])
            numbers = frozenset(sample[0].tolist())
            if len(numbers) < 100 or not numbers <= frozenset(range(1000)):
                fail("A buffer of 100 does not hold 100 different rows of the stream.")
            contents.append(numbers)
            rows += sorted(numbers)
        tenths = np.bincount(np.asarray(rows, int) // 100, minlength=10)
        at_least(f"rows kept of a tenth of the stream, {name} batches, where 200 are expected", int(tenths.min()), 135)
        at_most(f"rows kept of a tenth of the stream, {name} batches, where 200 are expected", int(tenths.max()), 265)
    if len(set(contents)) < len(contents):
        fail("Buffers with different seeds hold the same rows.")
    equal("two buffers with one seed", got["twins"], [got["small"][0], got["large"][0]])


@check("mixes_old_and_new")
def mixes_old_and_new(got, want, secret):
    """One pass over all new rows and k different old ones; the loss is the mean over exactly those."""
    rows, labels = want["rows"], want["labels"]
    kernel, bias = (np.asarray(weight, "float64") for weight in want["weights"])
    equal("number of updates", len(got["updates"]), len(want["sizes"]))
    start = 0
    for update, size in zip(got["updates"], want["sizes"], strict=True):
        count = min(start, 50, math.ceil(0.5 * size))
        if len(update["passes"]) != 1:
            fail("Expected one forward pass for each update.")
        (seen,) = update["passes"]
        equal("rows of an update", [list(seen.shape), seen.dtype.name], [[size + count, 4], "float32"])
        numbers = np.round(100 * np.asarray(seen[:, 0], "float64")).astype(int)
        old = sorted(set(numbers.tolist()) - set(range(start, start + size)))
        if (
            len(set(numbers.tolist())) < len(numbers)
            or len(old) != count
            or (old and not 0 <= old[0] <= old[-1] < start)
        ):
            fail("Expected every new row once, and different rows of earlier batches.")
        agree(seen, rows[numbers], what="rows of an update")
        logits = rows[numbers].astype("float64") @ kernel + bias
        chosen = logits[np.arange(len(numbers)), labels[numbers]]
        loss = np.mean(np.log(np.exp(logits).sum(axis=1)) - chosen)
        agree(update["loss"], np.array(loss, "float32"), rtol=1e-3, atol=1e-4, what="loss")
        start += size
        equal("rows held", update["held"], min(start, 50))


@check("edge_batches")
def edge_batches(got, want, secret):
    """How many rows each update trained on; losses are numbers."""
    for name, expected in want.items():
        equal(f"rows of each update, {name}", got[name]["rows"], expected["rows"])
        equal("rows seen", got[name]["seen"], expected["seen"])
        exact = name == "ratio 0.0"  # with replay, the losses depend on what was drawn
        agree(got[name]["losses"], expected["losses"], rtol=1e-3 if exact else 0, atol=1e-4 if exact else 1e6)


@check("few_traces")
def few_traces(got, want, secret):
    """Few runs, and yet the weights of twelve updates."""
    agree(got["weights"], want["weights"], rtol=1e-3, atol=1e-4, what="weights")
    at_least("Python runs of the model", got["runs"], 1)
    at_most("Python runs of the model over 12 batches of 12 sizes", got["runs"], MOST_TRACES)


@check("resume")
def resume(got, want, secret):
    """Both learners go on alike, and do go on."""
    equal("load returns the learner", got["loaded"], True)
    for name in ("first", "second"):
        equal("rows seen and held", got[name]["counts"], want[name]["counts"])
        structure = [list(weight.shape) for weight in got[name]["weights"]]
        equal("weights", structure, [list(weight.shape) for weight in want[name]["weights"]])
        agree(got[name]["losses"], want[name]["losses"], rtol=0, atol=1e6, what="losses")
    agree(got["second"], got["first"], rtol=1e-3, atol=1e-4, what="the learner that was loaded")
    after, saved = got["first"]["weights"][-2:], got["saved"][-2:]  # of the last layer: moving statistics move anyway
    moved = min(np.abs(now - then).max() for now, then in zip(after, saved, strict=True))
    at_least("what five more updates change", float(moved), 0.005)
