"""Where rounding gets more room than the default, or where only the direction is asked for."""

import numpy as np

from grader.checking import agree, at_most, check, equal, fail


def reports_agree(got, want):
    """Statuses are the same; norms agree to 1e-3."""
    for name in want:
        equal(f"{name}: status", got[name]["status"], want[name]["status"])
        agree(got[name]["norms"], want[name]["norms"], rtol=1e-3, atol=1e-12, what=f"{name}: norms")


@check("gradient_status")
def gradient_status(got, want, secret):
    reports_agree(got, want)


@check("gradient_of_the_real_loss")
def gradient_of_the_real_loss(got, want, secret):
    reports_agree(got, want)


@check("gradients_leave_no_trace")
def gradients_leave_no_trace(got, want, secret):
    agree(got["moved"], want["moved"], rtol=0, atol=0, what="movement of the model's state")
    equal("stop_training", got["stop"], want["stop"])
    agree(got["norms"], want["norms"], rtol=1e-3, what="norms")


@check("overfit_verdicts")
def overfit_verdicts(got, want, secret):
    """Verdicts and classes are the same. Losses are compared where all rows are used."""
    for name in want:
        for what in ("passed", "classes"):
            equal(f"{name}: {what}", got[name][what], want[name][what])
    first, final = got["healthy"]["losses"]
    if not final < first:
        fail("Expected a loss that falls, for a healthy model.")
    first, final = got["still"]["losses"]
    at_most("movement of the loss at a rate of 0", float(np.abs(final - first)), 1e-6)
    agree(got["momentum"]["losses"], want["momentum"]["losses"], rtol=1e-2, what="losses with momentum")


@check("lr_range")
def lr_range(got, want, secret):
    """Rates, each step's own loss, the suggestion, and that nothing else is left of the test."""
    for name in want:
        one, other = got[name], want[name]
        equal(f"{name}: number of losses", one["recorded"], other["recorded"])
        agree(one["lrs"], other["lrs"], rtol=1e-4, atol=0, what=f"{name}: rates")
        agree(one["losses"], other["losses"], rtol=5e-3, atol=1e-4, what=f"{name}: losses")
        agree(one["suggested"], other["suggested"], rtol=1e-3, atol=0, what=f"{name}: suggestion")
        agree(one["state"], other["state"], rtol=0, atol=0, what=f"{name}: movement of the model's state")


@check("suggest_lr")
def suggest_lr(got, want, secret):
    agree(got, want, rtol=1e-6, atol=0)
