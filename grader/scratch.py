"""Trying something out: a candidate's own snippet, run beside their file in a jail, with its output.

It goes through the solve stage like a probe, with the challenge's limits and none of its probes.
"""

from __future__ import annotations

from grader.inside.scratching import SNIPPET
from grader.jail.process import Cause
from grader.model import Outcome, Verdict
from grader.protocol import Load
from grader.stages.solve import Observation

PROBE = "scratch"
_PROBES = b"""
from grader.inside.scratching import run
from grader.probing import probe

@probe("scratch")
def scratch(solution, rng):
    run()
"""
_VERDICTS = {
    None: Verdict.ACCEPTED,
    Outcome.TIME_LIMIT: Verdict.TIME_LIMIT,
    Outcome.MEMORY_LIMIT: Verdict.MEMORY_LIMIT,
}


def load_message(source: bytes, snippet: bytes, seed: int) -> Load:
    """What the runner gets: the file and the snippet, no contract, nothing of the challenge's."""
    return Load(
        solution=source, probes=_PROBES, contract=[], forbidden=[], public={SNIPPET: snippet}, prepared=b"", seed=seed
    )


def verdict(seen: Observation) -> Verdict:
    """How the snippet ended; "accepted" means here that it ran to its end."""
    if seen.cause is Cause.OUTPUT:
        return Verdict.OUTPUT_LIMIT
    return _VERDICTS.get(seen.outcome, Verdict.RUNTIME_ERROR)


def ending(seen: Observation) -> str:
    """A sentence on a snippet that did not run to its end. Everything in it is the candidate's own."""
    if seen.trouble is None:
        return "The snippet did not end."
    return seen.trouble.text if seen.cause else f"{seen.trouble.kind}: {seen.trouble.text}"
