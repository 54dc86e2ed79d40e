"""A tiny challenge for tests of the engine:

`double(x)` and a few cases that look at it. NumPy only, so a run takes milliseconds.
"""

from __future__ import annotations

from grader.package import Package

MANIFEST = """
title = "Double"
summary = "Twice the input."
kind = "coding"
difficulty = "easy"
topics = ["arithmetic"]
runtime = "keras3"
minutes = 5
[limits]
cpu_seconds = 20
memory_mb = 512
case_seconds = 2
[[contract]]
name = "double"
kind = "function"
signature = "(x)"
[forbidden]
calls = ["json.dumps"]
[[parts]]
id = "only"
title = "All of it"
[[cases]]
id = "hidden_array"
part = "only"
points = 40
title = "Arrays"
hint = "Look at the shape."
[[cases]]
id = "scalar"
part = "only"
points = 35
sample = true
title = "One number"
hint = "Two times one is two."
[[cases]]
id = "secret_bound"
part = "only"
points = 25
title = "Bound"
hint = "Not too large."
"""
PROBES = """
import numpy as np
from grader.probing import probe, report

@probe("scalar")
def scalar(solution, rng):
    report(step=1.0)
    return {"value": solution.double(np.float32(rng.normal()))}

@probe("hidden_array")
def hidden_array(solution, rng):
    return {"value": solution.double(rng.normal(size=(3, 2)))}

@probe("secret_bound")
def secret_bound(solution, rng, ceiling):
    return {"value": float(np.max(solution.double(np.ones(2)))), "ceiling": ceiling}
"""
CHECKS = """
from grader.checking import Prepared, at_least, at_most, check, prepare

@prepare
def prepared(rng):
    return Prepared(solve={"ceiling": 7}, secret={"bound": 2.5})

@check("secret_bound")
def secret_bound(got, want, secret):
    at_most("largest value", got["value"], secret["bound"])
    at_least("largest value", got["value"], 1.5)
    return 1.0
"""
REFERENCE = "def double(x):\n    return x * 2\n"
FILES = {
    "challenge.toml": MANIFEST,
    "statement.md": "Write `double(x)`.",
    "starter.py": "def double(x):\n    raise NotImplementedError\n",
    "probes.py": PROBES,
    "checks.py": CHECKS,
    "reference.py": REFERENCE,
    "review.md": "Ask why.",
}


def toy(**changes: str) -> Package:
    """The package, with some files replaced; `manifest_toml="…"` stands for challenge.toml, `probes_py="…"` for
    probes.py.
    """
    replaced = {
        name.replace("_toml", ".toml").replace("_py", ".py").replace("_md", ".md"): text
        for name, text in changes.items()
    }
    files = {
        **FILES,
        **{("challenge.toml" if name == "manifest.toml" else name): text for name, text in replaced.items()},
    }
    return Package("toy", {name: text.encode() for name, text in files.items()})
