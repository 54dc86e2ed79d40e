"""A tiny challenge whose probe hands over what `save(folder)` wrote, for tests of the replay stage."""

from __future__ import annotations

from grader.package import Package
from tests.grader.toy import FILES, MANIFEST

_CASES = """
[[cases]]
id = "saved"
part = "only"
points = 60
replay = true
title = "Saved"
hint = "Save the factor."
[[cases]]
id = "same_replay"
part = "only"
probe = "saved"
points = 25
replay = true
sample = true
title = "Saved, seen again"
hint = "Save the factor."
[[cases]]
id = "after"
part = "only"
points = 15
title = "Afterwards"
hint = "The next case goes on."
"""
_PROBES = """
import numpy as np
from grader.probing import artifact, probe, scratch

@probe("saved")
def saved(solution, rng, ceiling):
    folder = scratch()
    solution.save(folder)
    artifact(folder, "model")
    return {"ceiling": ceiling, "factor": np.float32(2)}

@probe("after")
def after(solution, rng):
    return {"value": solution.double(3)}
"""
_REPLAYS = """
import sys
import numpy as np
from grader.replaying import replay

@replay("saved")
def saved(artifacts, seen, rng, held_out, ceiling):
    with np.load(artifacts / "model" / "factor.npz") as file:
        factor = file["factor"]
    return {"output": held_out * factor * float(rng.normal()), "seen": seen, "ceiling": ceiling,
            "alone": "solution" not in sys.modules}
"""
_CHECKS = """
from grader.checking import Prepared, agree, check, equal, prepare

@prepare
def prepared(rng):
    return Prepared(solve={"ceiling": 7}, replay={"held_out": rng.normal(size=3)}, secret={"wanted": 2.0})

@check("saved")
def saved(got, want, secret):
    equal("what the probe saw", got["solve"], want["solve"])
    equal("alone", got["replay"]["alone"], True)
    agree(got["replay"]["output"], want["replay"]["output"])
"""
REFERENCE = """
import numpy as np

def double(x):
    return x * 2

def save(folder):
    np.savez(folder / "factor.npz", factor=np.float32(2))
"""
_HEAD, _, _ = MANIFEST.partition("[[cases]]")
SAVE = '[[contract]]\nname = "save"\nkind = "function"\nsignature = "(folder)"\n'


def replayed(**changes: str) -> Package:
    """The package, with some files replaced: `probes_py="…"` stands for probes.py."""
    texts = {
        **FILES,
        "challenge.toml": _HEAD.replace("[forbidden]", SAVE + "[forbidden]") + _CASES,
        "probes.py": _PROBES,
        "replays.py": _REPLAYS,
        "checks.py": _CHECKS,
        "reference.py": REFERENCE,
        **{name.replace("_py", ".py").replace("_toml", ".toml"): text for name, text in changes.items()},
    }
    return Package("replayed", {name: text.encode() for name, text in texts.items()})
