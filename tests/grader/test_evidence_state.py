"""Evidence about models and runs: round trips, precision, seeds, learning, costs."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from grader.evidence import (
    accuracy,
    cpu_ratio,
    distance,
    dtypes_of,
    global_policy,
    leaks,
    over_seeds,
    policy,
    python_memory,
    r_squared,
    resident_peak,
    safe_bound,
    serve,
    state_of,
    summary,
    three_runs,
    through_config,
    through_file,
    through_saved_model,
)

keras = tf.keras
LEGACY = not hasattr(keras, "random")
RNG = np.random.default_rng(6)
X = RNG.normal(size=(8, 2)).astype("float32")


class Scale(keras.layers.Layer):
    """Multiplies by a number that its config may forget."""

    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


class Forgetful(Scale):
    """Does forget it."""

    def get_config(self):
        return {key: value for key, value in super().get_config().items() if key != "factor"}


class Unspeakable(Scale):
    """A config that is no JSON."""

    def get_config(self):
        return {**super().get_config(), "factor": np.float32(1.0)}


def trained(*layers) -> keras.Model:
    model = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(X, X[:, :1], verbose=0)
    return model


def test_a_file_brings_back_outputs_weights_and_optimizer() -> None:
    model = trained(keras.layers.Dense(3))
    again = through_file(model)
    assert distance(again(X), model(X)) == 0
    assert distance(state_of(again), state_of(model)) == 0
    assert state_of(again)["iterations"] == 1
    model.fit(X, X[:, :1], verbose=0)
    assert distance(state_of(again)["optimizer"], state_of(model)["optimizer"]) > 0
    assert state_of(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]))["optimizer"] is None


def test_a_file_reveals_what_a_config_forgets() -> None:
    objects = {"Scale": Scale, "Forgetful": Forgetful}
    right, wrong = trained(Scale(3.0)), trained(Forgetful(3.0))
    assert distance(through_file(right, objects)(X), right(X)) == 0
    assert distance(through_file(wrong, objects)(X), wrong(X)) > 0.1
    with pytest.raises((TypeError, ValueError)):  # not registered
        through_file(right)


@pytest.mark.parametrize("suffix", [".keras", ".h5", ""] if LEGACY else [".keras"])
def test_every_format_of_the_runtime(suffix) -> None:
    model = trained(keras.layers.Dense(3))
    assert distance(through_file(model, suffix=suffix)(X), model(X)) == 0


def test_a_config_goes_through_json() -> None:
    assert through_config(Scale(3.0)).factor == 3.0
    assert through_config(Forgetful(3.0)).factor == 1.0
    with pytest.raises(TypeError):
        through_config(Unspeakable())


def test_an_export_answers_by_its_signature() -> None:
    model = trained()
    (output,) = serve(through_saved_model(model), X.astype("float64")).values()
    assert distance(output, model(X)) < 1e-6
    with pytest.raises(ValueError, match="expected 1 inputs"):
        serve(through_saved_model(model), X, X)


def test_a_module_keeps_what_was_in_it_when_it_was_saved() -> None:
    module = tf.Module()
    module.factor = tf.Variable(2.0)
    module.__dict__["times"] = tf.function(lambda x: x * module.factor, input_signature=[tf.TensorSpec([None])])
    loaded = through_saved_model(module)
    module.factor.assign(5.0)
    assert distance(loaded.times(tf.ones(2)), np.float32([2, 2])) == 0


def test_a_policy_ends_with_its_block() -> None:
    with policy("mixed_bfloat16"):
        assert global_policy() == "mixed_bfloat16"
    assert global_policy() == "float32"
    with pytest.raises(ZeroDivisionError), policy("mixed_bfloat16"):
        1 / 0  # noqa: B018 - whatever happens in the block
    assert global_policy() == "float32"


class Careless(keras.layers.Dense):
    """Leaves its compute dtype."""

    def call(self, inputs):
        return tf.cast(super().call(inputs), tf.float32)


def test_dtypes_tell_who_respects_a_policy() -> None:
    with policy("mixed_bfloat16"):
        right, wrong = keras.layers.Dense(2), Careless(2)
    seen = dtypes_of(right, X)
    assert seen == {
        "compute": "bfloat16",
        "variable": "float32",
        "variables": ["float32", "float32"],
        "output": "bfloat16",
    }
    assert dtypes_of(wrong, X)["output"] == "float32"


def test_a_seed_alone_decides() -> None:
    right = three_runs(lambda seed: np.random.default_rng(seed).random(3))
    assert right.same()
    assert right.differs()
    assert not three_runs(lambda seed: np.random.random(3)).same()
    assert not three_runs(lambda seed: {"weights": trained().get_weights()}).same()
    assert not three_runs(lambda seed: np.random.default_rng(0).random(3)).differs()
    assert three_runs(lambda seed: np.float32(seed + 1e-4 * np.random.random())).same(atol=1e-3)


def test_distance_counts_structure_shape_and_nan() -> None:
    assert distance([np.float32([1, np.nan])], [np.float32([1, np.nan])]) == 0
    assert distance(np.float32([1]), np.float32([np.nan])) == np.inf
    assert distance(np.ones(2), np.ones(3)) == np.inf
    assert distance([1, 2], [1]) == np.inf
    assert distance("relu", "elu") == np.inf
    assert distance({"a": 1, "b": [True, 4.0]}, {"a": 1, "b": [True, 1.5]}) == 2.5


def test_leaks_name_the_generator() -> None:
    assert leaks(lambda: np.random.default_rng(1).random()) == []
    assert leaks(np.random.random) == ["numpy"]
    assert "python" in leaks(random.random)
    assert "tensorflow" in leaks(lambda: tf.random.uniform(()))
    assert "keras" in leaks(lambda: keras.layers.Dense(2).build((None, 2)))
    assert leaks(lambda: keras.layers.Dense(2, kernel_initializer=keras.initializers.Zeros()).count_params) == []
    assert leaks(lambda: keras.utils.set_random_seed(4)) == ["keras", "numpy", "python", "tensorflow"]


def test_runs_over_seeds_are_seeded() -> None:
    def draw(seed: int) -> list[float]:
        return [seed, np.random.random(), float(tf.random.uniform(()))]

    first, second = (over_seeds(draw, (1, 2)) for _ in range(2))
    assert first == second
    assert first[0][1:] != first[1][1:]


def test_scores() -> None:
    labels = np.array([[0], [2], [1], [1]])
    assert accuracy(np.eye(3)[[0, 2, 1, 0]], labels) == 0.75
    assert accuracy(np.float32([[0.2], [0.9]]), [0, 1]) == 1.0
    assert accuracy(np.array([0, 2, 1, 1]), labels) == 1.0
    targets = np.array([1.0, 2.0, 3.0])
    assert r_squared(targets[:, None], targets) == 1.0
    assert r_squared(np.full(3, 2.0), targets) == 0.0
    assert summary([0.9, 0.2, 0.8]) == {"worst": 0.2, "median": 0.8, "best": 0.9}


def test_a_safe_bound_lies_below_what_a_right_solution_reaches() -> None:
    scores = np.random.default_rng(0).normal(0.95, 0.01, 16)
    assert 0.87 < safe_bound(scores) < 0.93
    assert safe_bound([0.9] * 15 + [0.2], deviations=2) == 0.2
    with pytest.raises(ValueError, match="at least 8"):
        safe_bound([0.9, 0.9])


def test_ten_times_the_work_costs_about_ten_times_the_time() -> None:
    cost = cpu_ratio(lambda: sum(range(40_000)), lambda: sum(range(4_000)))
    assert 4 < cost["ratio"] < 25
    assert cost["first_s"] > cost["second_s"] > 0


def test_memory_tells_what_is_kept_from_what_passes_by() -> None:
    kept = python_memory(lambda: [np.ones(1000) for _ in range(100)])
    passing = python_memory(lambda: sum(float(np.ones(1000).sum()) for _ in range(100)))
    assert kept["held"] > 800_000
    assert passing["held"] < 50_000
    assert passing["peak"] < 100_000 < 800_000 < kept["peak"]


def test_memory_of_before_does_not_count() -> None:
    tracemalloc.start()
    try:
        np.ones(1_000_000)
        assert python_memory(lambda: np.ones(1000))["peak"] < 100_000
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()


def test_tensors_raise_the_peak_of_the_process() -> None:
    np.ones(50_000_000)  # a peak of before
    small = resident_peak(lambda: tf.zeros(1000) + 1)
    large = resident_peak(lambda: tf.zeros(50_000_000) + 1)
    assert small < 50_000_000 < 150_000_000 < large


@pytest.mark.skipif(LEGACY, reason="this is what starts it")
def test_all_of_it_holds_in_keras_2() -> None:
    """The same tests in a process where tf.keras is tf_keras."""
    files = [str(Path(__file__).with_name(name)) for name in ("test_evidence.py", Path(__file__).name)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "default", *files],
        env={**os.environ, "TF_USE_LEGACY_KERAS": "1"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-500:]
    assert " passed" in done.stdout
