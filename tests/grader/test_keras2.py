"""The second runtime, end to end: tf_keras and tensorflow-model-optimization in jails forked from their own zygote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader import seeds
from grader.engine import Engine
from grader.events import CaseFinished
from grader.host import EngineHost
from grader.model import GradeResult, Outcome, Verdict
from grader.package import Package
from grader.validation.tolerance import Measured, natural
from tests.grader.toy import toy

MANIFEST = """
title = "Small"
summary = "A small model, and a smaller one."
kind = "coding"
difficulty = "easy"
topics = ["pruning"]
runtime = "keras2"
minutes = 5
[limits]
cpu_seconds = 120
memory_mb = 2048
case_seconds = 60
[[contract]]
name = "build"
kind = "function"
signature = "(units)"
[[contract]]
name = "slim"
kind = "function"
signature = "(model)"
[forbidden]
calls = ["tf_keras.layers.Dense.call"]
[[parts]]
id = "only"
title = "All of it"
[[cases]]
id = "runtime"
part = "only"
points = 40
sample = true
title = "Runtime"
hint = "Look again."
[[cases]]
id = "saving"
part = "only"
points = 30
watch = false
title = "Saving"
hint = "Look again."
[[cases]]
id = "slimming"
part = "only"
points = 30
watch = false
title = "Slimming"
hint = "Look again."
"""
PROBES = """
import random
import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot
from grader.evidence import serve, state_of, through_file, through_saved_model
from grader.probing import f32, probe

@probe("runtime")
def runtime(solution, rng):
    model = solution.build(3)
    return {
        "library": type(model).__module__.split(".")[0],
        "counted_from_zero": tf.keras.layers.Layer().name,  # clear_session: names begin anew
        "drawn": [random.random(), np.random.random(), float(tf.random.uniform(()))],  # seeded alike on both sides
        "output": model(f32(rng, 4, 2)),
    }

@probe("saving")
def saving(solution, rng):
    model = solution.build(3)
    model.compile("adam", "mse")
    x = f32(rng, 10, 2)
    model.fit(x, f32(rng, 10, 1), batch_size=4, epochs=2, verbose=0)
    files = {suffix: through_file(model, suffix=suffix) for suffix in (".h5", ".keras", "")}
    return {
        "outputs": {suffix or "folder": loaded(x) for suffix, loaded in files.items()},
        "state": state_of(files[".keras"]),
        "served": list(serve(through_saved_model(model), x).values()),
    }

@probe("slimming")
def slimming(solution, rng):
    inputs = tf.keras.Input((2,))
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(4)(tf.keras.layers.Dense(3, "relu")(inputs)))
    x, y = f32(rng, 16, 2), f32(rng, 16, 4)
    wrap = tfmot.quantization.keras
    marked = tf.keras.models.clone_model(model, clone_function=wrap.quantize_annotate_layer)
    aware = wrap.quantize_apply(marked)
    aware.compile("sgd", "mse")
    aware.fit(x, y, verbose=0)
    slim = solution.slim(model)
    return {"aware": aware(x), "slim": slim(x), "zeros": float(np.mean(slim.get_weights()[0] == 0))}
"""
REFERENCE = """
import tensorflow as tf
import tensorflow_model_optimization as tfmot

class Linear(tf.keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, shape):
        self.kernel = self.add_weight("kernel", (shape[-1], self.units), initializer="glorot_uniform")

    def call(self, inputs):
        return inputs @ self.kernel

    def get_config(self):
        return {**super().get_config(), "units": self.units}

tf.keras.utils.get_custom_objects()["Linear"] = Linear

def build(units):
    return tf.keras.Sequential([tf.keras.Input((2,)), Linear(units), Linear(1)])

def slim(model):
    tools = tfmot.sparsity.keras
    pruned = tools.prune_low_magnitude(model, pruning_schedule=tools.ConstantSparsity(0.5, 0, frequency=1))
    pruned.compile(tf.keras.optimizers.SGD(0.0), "mse")
    pruned.fit(tf.ones((4, 2)), tf.ones((4, 4)), verbose=0, callbacks=[tools.UpdatePruningStep()])
    return tools.strip_pruning(pruned)
"""
Grade = Callable[..., GradeResult]


@pytest.fixture(scope="module")
def small() -> Package:
    return toy(manifest_toml=MANIFEST, probes_py=PROBES, checks_py="", reference_py=REFERENCE)


def cases(result: GradeResult) -> dict[str, CaseFinished]:
    return {case.case: case for case in result.cases}


def test_a_package_is_graded_from_building_to_pruning(grade: Grade, small: Package) -> None:
    untidy = REFERENCE + "tf.keras.layers.Layer()\nnoise = tf.random.uniform(())\n"  # names and seeds begin anew after
    result = grade(small, untidy)
    assert {name: case.outcome for name, case in cases(result).items()} == dict.fromkeys(
        ("runtime", "saving", "slimming"), Outcome.PASSED
    ), [(case.case, case.message) for case in result.cases]
    assert result.score == 100


def test_a_dense_layer_of_the_old_keras_is_seen(grade: Grade, small: Package) -> None:
    wrapped = REFERENCE.replace("Linear(units), Linear(1)", "tf.keras.layers.Dense(units), Linear(1)")
    case = cases(grade(small, wrapped, samples_only=True))["runtime"]
    assert case.outcome is Outcome.FAILED
    assert "tf_keras.layers.Dense.call" in (case.message or "")


def test_a_wrong_answer_is_told_from_a_right_one(grade: Grade, small: Package) -> None:
    other = REFERENCE.replace("inputs @ self.kernel", "inputs @ self.kernel + 1.0")
    case = cases(grade(small, other, samples_only=True))["runtime"]
    assert case.outcome is Outcome.FAILED
    assert case.difference


def test_the_contract_is_told_in_its_words(grade: Grade, small: Package) -> None:
    result = grade(small, REFERENCE.replace("def build(units)", "def build()"), samples_only=True)
    case = cases(result)["runtime"]
    assert case.outcome is Outcome.ERROR
    assert "build(units)" in (case.message or "")


def test_both_runtimes_fork_from_one_thread(grade: Grade, small: Package, engine_host: EngineHost) -> None:
    assert grade(toy(), "def double(x):\n    return x * 2\n").verdict is Verdict.ACCEPTED
    grade(small, "build = slim = None\n", samples_only=True)
    pids = engine_host.pids()
    assert set(pids) == {"keras2", "keras3"}
    for pid in pids.values():
        assert len(list(Path(f"/proc/{pid}/task").iterdir())) == 1
    environment = Path(f"/proc/{pids['keras2']}/environ").read_bytes().split(b"\0")
    assert b"TF_USE_LEGACY_KERAS=1" in environment


def test_it_is_widened_with_the_same_random_numbers(engine: Engine, engine_host: EngineHost, small: Package) -> None:
    engine_host.add(small.runtime)
    seen = natural(small, engine, seeds.pool(small)[0])["runtime"]
    assert isinstance(seen, Measured), seen
    assert seen.wide
    assert seen.relative < 1e-5
