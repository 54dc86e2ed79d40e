"""Orders may be any, and calls may come in any order; what follows from them is the same for every right solution.

What the records were is taken from the reference's side. Columns of a pass's rows: the label, and the picture's three
channels, which are the record's number, the parsing call's and the augmenting call's.
"""

import numpy as np

from grader.checking import agree, at_least, at_most, check, equal, fail

LABEL, PICTURE, PARSED, AUGMENTED = range(4)
STREAMED = 50, 400
"""Of 1200 records. The buffer needs 50 and the batch 10; some read-ahead is what parallel stages are for."""


def complete(one, numbers, what):
    """The rows of a pass that has every record once, each with its own picture."""
    rows = np.asarray(one["rows"])
    if rows.shape != (len(numbers), 4) or not np.array_equal(np.sort(rows[:, LABEL]), np.sort(numbers)):
        fail(f"{what}: expected each of {len(numbers)} records once in an epoch, received {len(rows)} examples.")
    if not np.array_equal(rows[:, LABEL], rows[:, PICTURE]):
        fail(f"{what}: expected every label beside its own picture, received others.")
    return rows


def same(first, second):
    """Whether two lists of passes have the same labels in the same order."""
    return all(np.array_equal(one[:, LABEL], other[:, LABEL]) for one, other in zip(first, second, strict=True))


def keeps_files_in_order(rows, files):
    """Whether the records of each file still come as they stand in it."""
    place = {int(label): index for index, label in enumerate(rows[:, LABEL])}
    return all(np.all(np.diff([place[int(number)] for number in file]) > 0) for file in files)


def groups(one, rows, size):
    """The members of each full batch."""
    batches = np.split(rows[:, LABEL], np.cumsum(one["sizes"])[:-1])
    return {tuple(sorted(batch.tolist())) for batch in batches if len(batch) == size}


def sizes(passes):
    """The batch sizes of each pass. Without a seed the smaller batch need not be the last to be ready."""
    return [np.sort(one["sizes"]) for one in passes]


def shuffled_anew(passes, epochs, files):
    """Fail unless examples are shuffled, and in each epoch in another way."""
    met = [groups(one, rows, 8) for one, rows in zip(passes, epochs, strict=True)]
    for index, rows in enumerate(epochs):
        if keeps_files_in_order(rows, files):
            fail("Expected examples to be shuffled, received those of each file in their order.")
        for before in range(index):
            if same([epochs[before]], [rows]):
                fail("Expected another order in each epoch, received one twice.")
            if met[before] & met[index]:
                fail("Expected other examples to meet in each epoch, received a batch with the same members.")


@check("train_epochs")
def train_epochs(got, want, secret):
    """Complete, shuffled anew in each epoch, and the seed alone decides on the order."""
    files = want["files"]
    runs = {}
    for name in ("first", "again", "other", "unseeded"):
        equal("batch sizes", sizes(got[name]), sizes(want[name]))
        runs[name] = [complete(one, np.concatenate(files), "training") for one in got[name]]
        shuffled_anew(got[name], runs[name], files)
    if not same(runs["first"], runs["again"]):
        fail("Expected the same epochs from two builds with one seed, received others.")
    if same(runs["first"][:1], runs["other"][:1]):
        fail("Expected another order with another seed, received the same.")


def kept(run, numbers, what, *, parses):
    """Three passes with so many parsing calls, all told by pictures too; returns their rows by label."""
    passes = [complete(one, numbers, what) for one in run["passes"]]
    rows = np.stack([one[np.argsort(one[:, LABEL])] for one in passes])
    told = len(np.unique(rows[..., PARSED]))
    if told != parses:
        fail(f"{what}: expected pictures of {parses} parsing calls in three epochs, received those of {told}.")
    return rows


@check("cache_once")
def cache_once(got, want, secret):
    """Parsed once with a cache and each time without; augmented each time; kept on disk for the next one."""
    numbers, count = want["numbers"], len(want["numbers"])
    parses = {"memory": count, "no_cache": 3 * count, "disk": count, "disk_again": count, "evaluation": count}
    rows = {}
    for name, expected in parses.items():
        what = name.replace("_", " ")
        rows[name] = kept(got[name], numbers, what, parses=expected)
        for calls in ("parse_calls", "augment_calls"):
            equal(f"{what}: {calls}", got[name][calls], want[name][calls])
        augmented = np.unique(rows[name][..., AUGMENTED])
        if name == "evaluation":
            at_most("augmentation in evaluation", np.abs(augmented).max(), 0)
        elif len(augmented) != 3 * count or augmented.min() < 1:
            fail(f"{what}: expected {3 * count} augmentations in three epochs, received {len(augmented)}.")
    agree(rows["disk_again"][..., PARSED], rows["disk"][..., PARSED], what="pictures from disk")
    equal("files at the cache's path", got["on_disk"], True)


@check("augment_fresh")
def augment_fresh(got, want, secret):
    """No augmentation is seen twice."""
    passes = [complete(one, want["numbers"], "training") for one in got["passes"]]
    equal("passes", len(passes), 3)
    numbers = np.concatenate([one[:, AUGMENTED] for one in passes])
    at_least("the least number of an augmentation", numbers.min(), 1)
    at_least("different augmentations of 11 records in 3 epochs", len(np.unique(numbers)), 33)


@check("parallel")
def parallel(got, want, secret):
    """Two calls at once at the least, wherever there is something to run."""
    for mode, function in (("training", "parse"), ("training", "augment"), ("evaluation", "parse")):
        equal("batch sizes", got[mode]["sizes"], want[mode]["sizes"])
        at_least(f"{function} calls in flight at once in {mode}", got[mode][function], 2)


@check("overlap")
def overlap(got, want, secret):
    """Files are read in parallel, and the last stage that does something is a prefetch.

    The reads of `TFRecordDataset(files, num_parallel_reads=4)` are a LegacyParallelInterleaveDatasetV2.
    """
    for mode in want:
        chain = [name for name in got[mode]["chain"] if name not in ("OptionsDataset", "ModelDataset")]
        if not any("ParallelInterleave" in name for name in got[mode]["operations"]):
            fail(f"Expected a parallel interleave in {mode}, received none.")
        if not chain or chain[0] != "PrefetchDataset":
            fail(f"Expected a prefetch as the last stage in {mode}, received another.")


@check("streams")
def streams(got, want, secret):
    """Nothing before the first batch, and then no more than it needs."""
    equal("examples in the first batch", got["first_batch"], want["first_batch"])
    at_most("records parsed by building the pipeline", got["after_building"], 0)
    at_least("records parsed for the first batch", got["with_first_batch"], STREAMED[0])
    at_most("records parsed for the first batch, of 1200", got["with_first_batch"], STREAMED[1])


@check("benchmark")
def benchmark(got, want, secret):
    """Passes, batches and rows are counted, and the rate belongs to the passes after the first.

    A pass as the dataset itself timed it lies within the pass that was reported; all of them lie within the call.
    """
    rows = want["sizes"]
    agree(got["stepped_on"], np.tile(rows, 3), what="rows of the batches that step was called with")
    equal("what one epoch raises", got["outcome"], want["outcome"])
    for name, epochs in (("with_step", 3), ("without", 4)):
        found = got[name]
        equal("passes over the dataset", len(found["passes"]), epochs)
        equal("batches", found["batches"], len(rows))
        equal("examples", found["examples"], int(rows.sum()))
        seconds = np.asarray(found["epoch_seconds"])
        if seconds.shape != (epochs,):
            fail(f"epoch_seconds: expected {epochs} numbers, received an array of shape {seconds.shape}.")
        at_least("reported seconds of a pass / its seconds", (seconds / found["passes"]).min(), 0.95)
        rate = (epochs - 1) * rows.sum() / seconds[1:].sum()
        at_least("examples_per_second / rate of the later epochs", found["examples_per_second"] / rate, 0.99)
        at_most("examples_per_second / rate of the later epochs", found["examples_per_second"] / rate, 1.01)
    seconds = np.asarray(got["with_step"]["epoch_seconds"])
    at_least("seconds of the first pass, which waits 0.67", seconds[0], 0.6)
    at_most("sum of epoch_seconds / seconds of the call", seconds.sum() / got["took"], 1.01)
