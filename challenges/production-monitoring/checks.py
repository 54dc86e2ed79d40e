"""Bounds where chance decides what is right. Rows for the saved model stay out of the candidate's jail."""

import numpy as np

from grader.checking import Prepared, agree, at_most, check, equal, fail, prepare


@prepare
def data(rng):
    """Training rows with holes and a constant column, and 20 raw rows that only the replay jail sees."""
    training = rng.normal([0, 40, 2.5, -3, 7], [1, 12, 0, 0.2, 3], (300, 5))
    training[:, 2] = 2.5
    training[rng.permutation(300)[:40], 1] = np.nan
    training[rng.permutation(300)[:10], 4] = np.inf
    rows = rng.normal([0, 40, 2.5, -3, 7], [1, 12, 0.3, 0.2, 3], (20, 5)).astype("float32")
    rows[0, 0] = rows[1, 1] = rows[2, 2] = np.nan
    rows[3, 3], rows[4, 4] = np.inf, -np.inf
    rows[5] = np.nan
    return Prepared(solve={"serving": {"training": training}}, replay={"rows": rows})


@check("few_false_alarms")
def few_false_alarms(got, want, secret):
    """At most 9 of 600 clean tests alarm (1.5 are expected), and what is real is found."""
    equal("number of clean pairs", [len(got["clean"]), len(got["loud"]) > 0], [len(want["clean"]), True])
    lists = [*got["clean"], got["tiny"], got["real"], got["loud"]]
    if any(type(feature) is not int for found in lists for feature in found):
        fail("Expected lists of Python ints, received something else.")
    at_most("false alarms in 600 tests of clean data", sum(len(found) for found in got["clean"]), 9)
    equal("drifted features after a shift of 0.08 standard deviations", got["tiny"], [])
    equal("drifted features after a shift of 0.5 standard deviations", got["real"], [1])
    if want["column"] not in got["loud"]:
        fail("A shift of 2 standard deviations was not found among 20 features.")
    at_most("features found where one has shifted", len(got["loud"]), 3)


@check("slow_drift_bounded_memory")
def slow_drift_bounded_memory(got, want, secret):
    """Alarms at the end and none at the start, from a memory that does not grow."""
    equal("number of answers", [len(got["alarms"]), len(got["alarms"])], [60, 60])
    equal("answers before there is a whole window", got["alarms"][:7], [False] * 7)
    equal("answers after the mean has moved by more than 1.5 standard deviations", got["alarms"][-10:], [True] * 10)
    at_most("share of 100 calls' predictions that is still held", got["kept"], 0.25)


@check("class_probabilities")
def class_probabilities(got, want, secret):
    """The same answers as the reference's, and few false alarms."""
    named = [name for name in want if name != "clean"]
    agree({name: got[name] for name in named}, {name: want[name] for name in named})
    equal("types of the answers", [type(alarm).__name__ for alarm in got["clean"]], ["bool"] * len(want["clean"]))
    at_most("false alarms of 30 monitors with 20 columns each", sum(got["clean"]), 9)


@check("model_takes_raw_rows")
def model_takes_raw_rows(got, want, secret):
    """What the loaded model makes of raw rows."""
    agree(got["solve"], want["solve"], what="weights")
    agree(got["replay"], want["replay"], rtol=1e-3, atol=1e-4, what="loaded model")
