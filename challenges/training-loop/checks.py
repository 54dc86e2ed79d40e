"""The one case in which agreeing with the reference isn't the point."""

from grader.checking import agree, at_least, at_most, check

MOST_RUNS = 5
"""One trace for a full batch, one for the smaller last one, and room for a trainer that traces a little more."""


@check("compiled")
def compiled(got, want, secret):
    """Few Python runs, and yet the weights of a whole training: a low count alone could come from doing nothing."""
    for phase in ("training", "evaluating"):
        what = f"Python runs of the model while {phase}"
        at_least(what, got[phase], 1)
        at_most(what, got[phase], MOST_RUNS)
    agree(got["weights"], want["weights"], what="weights")
