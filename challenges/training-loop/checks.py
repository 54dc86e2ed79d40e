"""The one case in which agreeing with the reference isn't the point."""

from grader.checking import agree, at_least, at_most, check

MOST_RUNS = 5
"""One trace for a full batch, one for the smaller last one, and room for a trainer that traces a little more."""


@check("compiled")
def compiled(got, want, secret):
    """Few Python runs, and yet the weights of a whole training: a low count alone could come from doing nothing.

    Each mode needs a trace of its own, but a trainer may make both ahead of time. So the lower bounds are on training
    and on the sum.
    """
    at_least("Python runs of the model while training", got["training"], 1)
    at_least("Python runs of the model in all", got["training"] + got["evaluating"], 2)
    at_most("Python runs of the model while training", got["training"], MOST_RUNS)
    at_most("Python runs of the model while evaluating", got["evaluating"], MOST_RUNS)
    agree(got["weights"], want["weights"], what="weights")
