"""A challenge that loads whatever a candidate saved, as careless as an author could be: `safe_mode=False`, any kind of
file. Labels are known to the checks alone.
"""

from __future__ import annotations

from grader.package import Package

SECRET = "planted-9b1e44"
_MANIFEST = """
title = "Parity"
summary = "Save something that tells odd from even."
kind = "coding"
difficulty = "easy"
topics = ["saving"]
runtime = "keras3"
minutes = 5
[limits]
cpu_seconds = 40
memory_mb = 1024
case_seconds = 8
[[contract]]
name = "save"
kind = "function"
signature = "(folder)"
[[parts]]
id = "only"
title = "All of it"
[[cases]]
id = "predicts"
part = "only"
points = 80
replay = true
sample = true
title = "Predicts"
hint = "Odd or even?"
[[cases]]
id = "next"
part = "only"
points = 20
title = "The next case"
hint = "It goes on."
"""
_PROBES = """
from grader.probing import artifact, probe, scratch

@probe("predicts")
def predicts(solution, rng):
    folder = scratch()
    solution.save(folder)
    artifact(folder, "model")
    return {}

@probe("next")
def after(solution, rng):
    return {"still": "here"}
"""
_REPLAYS = """
import h5py
import numpy as np
import tensorflow as tf
from grader.replaying import replay

@replay("predicts")
def predicts(artifacts, seen, rng, held_out):
    folder = artifacts / "model"
    if (folder / "model.keras").exists():
        output = tf.keras.models.load_model(folder / "model.keras", safe_mode=False)(held_out)
    elif (folder / "weights.h5").exists():
        with h5py.File(folder / "weights.h5") as file:
            output = held_out @ np.asarray(file["kernel"], "float32")[:, None]
    else:
        output = tf.saved_model.load(str(folder)).predict(held_out)
    return {"output": np.asarray(output, "float32").reshape(-1)}
"""
_CHECKS = f"""
import numpy as np
from grader.checking import Prepared, at_least, check, prepare

PLANTED = {SECRET!r}

@prepare
def prepared(rng):
    numbers = rng.integers(0, 2, size=64)
    held_out = np.stack([numbers, 1 - numbers], axis=-1).astype("float32")
    noise = rng.permutation(64)
    return Prepared(replay={{"held_out": held_out[noise]}}, secret={{"labels": numbers[noise], "planted": PLANTED}})

@check("predicts")
def predicts(got, want, secret):
    output = got["replay"]["output"]
    at_least("right", float(np.mean((output > 0.5) == secret["labels"])), 0.95)
"""
REFERENCE = """
import tensorflow as tf


class Parity(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def predict(self, rows):
        return rows[:, 0]


def save(folder):
    tf.saved_model.save(Parity(), str(folder))
"""
PACKAGE = Package(
    "parity",
    {
        name: text.encode()
        for name, text in {
            "challenge.toml": _MANIFEST,
            "statement.md": "Write `save(folder)`.",
            "starter.py": "def save(folder):\n    raise NotImplementedError\n",
            "probes.py": _PROBES,
            "replays.py": _REPLAYS,
            "checks.py": _CHECKS,
            "reference.py": REFERENCE,
            "review.md": "Ask why.",
        }.items()
    },
)
