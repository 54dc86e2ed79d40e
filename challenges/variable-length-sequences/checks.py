"""Batches are held against the sequences themselves: in which order the buckets come is the candidate's business."""

import numpy as np

from grader.checking import Prepared, check, equal, fail, prepare


@prepare
def data(rng):
    """Sequences with zeros among their tokens, and names (labels) that no two of them share."""
    mixed = sequences(rng, np.r_[0, 0, 5, 10, 20, rng.integers(0, 26, 56)])
    groups = [rng.integers(1, 4, 70), rng.integers(4, 16, 30), rng.integers(16, 33, 10), [40]]
    uneven = sequences(rng, np.concatenate(groups))
    names, their_names = (rng.permutation(len(rows)).astype("int32") + 100 for rows in (mixed, uneven))
    solve = {"mixed": mixed, "names": names, "short_and_long": uneven, "their_names": their_names}
    return Prepared(solve=solve, secret=solve)


def sequences(rng, lengths):
    """Shuffled lists of ids, of the given lengths."""
    return [rng.integers(0, 50, int(length)).tolist() for length in rng.permutation(lengths)]


@check("buckets")
def buckets(got, want, secret):
    """Two passes of one dataset, and another with lists and the default boundaries."""
    equal("static shapes", got["shapes"], want["shapes"])
    equal("types", got["types"], want["types"])
    rows = dict(zip(secret["names"].tolist(), secret["mixed"], strict=True))
    for name, size in (("first_pass", 4), ("second_pass", 4), ("lists", 8)):
        follow(name.replace("_", " "), got[name], rows, (5, 10, 20), [size] * 4)


@check("token_budget")
def token_budget(got, want, secret):
    """60 tokens are 20 rows of at most 3, 4 rows of at most 15, and one of 40. 3 tokens are one row of those."""
    rows = dict(zip(secret["their_names"].tolist(), secret["short_and_long"], strict=True))
    for name, sizes in (("wide", [20, 4, 1]), ("wide_again", [20, 4, 1]), ("tight", [1, 1, 1])):
        follow(f"max_tokens, {name.replace('_', ' ')}", got[name], rows, (4, 16), sizes)


def follow(what, batches, rows, boundaries, sizes):
    """One pass holds every row once, in batches as the contract has them.

    `rows` are the sequences by name, in the order they were given; `sizes` the most rows of a batch, bucket by bucket.
    """
    buckets = {name: int(np.searchsorted(boundaries, len(row), side="right")) for name, row in rows.items()}
    seen = [[] for _ in sizes]
    counts = [0] * len(sizes)
    if not isinstance(batches, list):
        fail(f"{what}: expected a list of batches.")
    for batch in batches:
        names = names_of(what, batch, rows)
        inside = {buckets[name] for name in names}
        if len(inside) != 1:
            fail(f"{what}: expected batches of one bucket, received one with sequences of {len(inside)} buckets.")
        bucket = inside.pop()
        if len(names) > sizes[bucket]:
            fail(f"{what}: a batch of bucket {bucket} has more rows than it should have.")
        seen[bucket] += names
        counts[bucket] += 1
    for bucket, (found, count, size) in enumerate(zip(seen, counts, sizes, strict=True)):
        expected = [name for name in rows if buckets[name] == bucket]
        if sorted(found) != sorted(expected):
            fail(f"{what}: bucket {bucket} should hold {len(expected)} sequences, each once; received {len(found)}.")
        if found != expected:
            fail(f"{what}: the sequences of bucket {bucket} are not in the order of the input.")
        if count > -(-len(expected) // size):
            fail(f"{what}: bucket {bucket} has more batches than necessary.")


def names_of(what, batch, rows):
    """The labels of one batch, whose rows are the sequences of those labels, padded to the longest of them."""
    ids, names = arrays_of(what, batch)
    if not set(names) <= set(rows):
        fail(f"{what}: received a label that was never given.")
    longest = max(len(rows[name]) for name in names)
    if ids.shape[1] != longest:
        fail(f"{what}: a batch is not as wide as its longest sequence.")
    if ids.tolist() != [rows[name] + [0] * (longest - len(rows[name])) for name in names]:
        fail(f"{what}: a row is not its label's sequence with zeros behind it.")
    return names


def arrays_of(what, batch):
    """The ids and the labels of one batch, if that is what it is."""
    ids, names = (batch["ids"], batch["labels"]) if isinstance(batch, dict) else (None, None)
    forms = [(part.dtype.name, part.ndim) if isinstance(part, np.ndarray) else None for part in (ids, names)]
    if forms != [("int32", 2), ("int32", 1)] or len(ids) != len(names) or len(names) == 0:
        fail(f"{what}: expected batches of ids (B, T) and labels (B,), both int32.")
    return ids, names.tolist()
