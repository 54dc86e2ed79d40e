"""Where agreeing with the reference is not the point: a clipped loss need not be clipped the same way."""

import numpy as np

from grader.checking import agree, at_least, at_most, check

ANYTHING_FINITE = 1e30


@check("focal_saturated")
def focal_saturated(got, want, secret):
    """Certain and wrong costs what a clip at 1e-7 gives, or thereabouts; certain and right costs next to nothing.

    The gradient there depends on the way of clipping, so it only has to be finite.
    """
    agree(got, want, rtol=0, atol=ANYTHING_FINITE)
    for name, expected in want.items():
        loss = np.asarray(got[name]["values"], "float64") / expected["scale"]
        at_least(f"{name}: unweighted loss of a wrong certainty", loss[:2].min(), 12)
        at_most(f"{name}: unweighted loss of a wrong certainty", loss[:2].max(), 20)
        at_least(f"{name}: unweighted loss of a right certainty", loss[2:].min(), 0)
        at_most(f"{name}: unweighted loss of a right certainty", loss[2:].max(), 1e-3)
