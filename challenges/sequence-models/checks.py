"""Where agreeing with the reference isn't the point: random data, and a training of one's own."""

import numpy as np

from grader.checking import Prepared, agree, at_least, at_most, check, equal, fail, prepare

R2 = 0.95
TRAINING, OTHERS = 700, 300


@prepare
def data(rng):
    """Sequences of 3 to 10 steps; their sums stay out of the candidate's jail where they aren't training data."""
    sequences = [rng.standard_normal((steps, 1), dtype=np.float32) for steps in rng.integers(3, 11, TRAINING + OTHERS)]
    sums = np.array([sequence.sum(axis=0) for sequence in sequences], "float32")
    return Prepared(
        solve={
            "kind": str(rng.choice(["lstm", "gru"])),
            "sequences": sequences[:TRAINING],
            "targets": sums[:TRAINING],
            "others": sequences[TRAINING:],
        },
        secret={"sums": sums[TRAINING:]},
    )


@check("sequences")
def random_sequences(got, want, secret):
    """Bounds of five standard errors or more: about 2000 values are looked at."""
    for name in ("x", "y", "again", "other", "unseeded", "unseeded_again"):
        same_form(name, got[name], want[name])
    agree(got["y"], got["x"].sum(axis=1), what="y, against the sums of x")
    equal("numbers drawn from NumPy's global generator afterwards", got["drawn_afterwards"], want["drawn_afterwards"])
    for again, first in (("again", "x"), ("unseeded_again", "unseeded")):
        equal(f"{again}, against {first}", got[again], got[first])
    for name in ("x", "other"):
        drawn = got[name].astype("float64")
        at_most(f"{name}: distance of the mean from 0", abs(drawn.mean()), 0.15)
        at_most(f"{name}: distance of the standard deviation from 1", abs(drawn.std() - 1), 0.15)
        within = np.mean(abs(drawn) < 1)
        at_most(f"{name}: distance of the share between -1 and 1 from 0.683", abs(within - 0.683), 0.06)
    values = np.concatenate([got["x"].ravel(), got["other"].ravel()])
    at_least("share of different values in two data sets", len(np.unique(values)) / len(values), 0.99)


@check("learns")
def learns(got, want, secret):
    """R2 on the held-out sums, of `predict` and of the model itself."""
    equal("shapes of the model's weights", got["weights"], want["weights"])
    for name in ("predictions", "model"):
        same_form(name, got[name], want[name])
    agree(got["predictions"], got["model"], rtol=1e-3, atol=1e-3, what="predictions, against the model's own")
    sums = secret["sums"]
    error = np.mean((got["predictions"].astype("float64") - sums) ** 2)
    at_least("R2 of the predictions", 1 - error / sums.var(dtype="float64"), R2)


def same_form(name, got, want):
    """An array of the shape and dtype of the reference's, with finite values."""
    if not isinstance(got, np.ndarray) or (got.shape, got.dtype) != (want.shape, want.dtype):
        received = f"{got.dtype} of shape {got.shape}" if isinstance(got, np.ndarray) else type(got).__name__
        fail(f"{name}: expected {want.dtype} of shape {want.shape}, received {received}.")
    if not np.isfinite(got).all():
        fail(f"{name}: expected finite values, received some that are not.")
