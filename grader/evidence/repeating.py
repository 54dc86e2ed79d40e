"""Determinism: the seed that is handed over decides, and nothing else does."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf


@dataclass(frozen=True)
class Repeats:
    """What three runs returned: twice with one seed, once with another."""

    first: Any
    again: Any
    other: Any

    def same(self, atol: float = 0.0) -> bool:
        """Whether one seed gives one result, up to `atol` in every number."""
        return distance(self.first, self.again) <= atol

    def differs(self, atol: float = 0.0) -> bool:
        """Whether the other seed gives something else, by more than `atol` in some number."""
        return distance(self.first, self.other) > atol


def three_runs(run: Callable[[int], Any], same: int = 3, other: int = 4) -> Repeats:
    """`run(same)`, `run(same)`, `run(other)`, each with the global generators (Python, NumPy, TensorFlow, Keras) in
    another state: who draws from those and doesn't seed them doesn't repeat. `run` returns arrays, or a nest of them.
    """
    results = []
    for index, seed in enumerate((same, same, other)):
        tf.keras.backend.clear_session()
        tf.keras.utils.set_random_seed(901 + index)
        results.append(_kept(run(seed)))
    return Repeats(*results)


def distance(first: Any, second: Any) -> float:
    """The largest absolute difference between two nests of arrays; infinite where structure, shape or a NaN differs."""
    left, right = tf.nest.flatten(_kept(first)), tf.nest.flatten(_kept(second))
    if len(left) != len(right):
        return float("inf")
    return max((_apart(one, two) for one, two in zip(left, right, strict=True)), default=0.0)


def leaks(function: Callable[[], Any], seed: int = 77) -> list[str]:
    """Which global generators a call moves or seeds anew: some of "keras", "numpy", "python", "tensorflow"."""
    tf.keras.utils.set_random_seed(seed)
    untouched = _draws()
    tf.keras.utils.set_random_seed(seed)
    function()
    moved = _draws()
    return sorted(name for name, value in untouched.items() if value != moved[name])


def _draws() -> dict[str, float]:
    """One number from each. Initialisers draw from Python's in Keras 3, and from Keras's own in Keras 2."""
    keras = tf.keras.random.uniform if hasattr(tf.keras, "random") else tf.keras.initializers.RandomUniform()
    return {
        "numpy": float(np.random.random()),
        "python": random.random(),  # noqa: S311 - nothing secret
        "tensorflow": float(tf.random.uniform(())),
        "keras": float(keras(())),
    }


def _kept(tree: Any) -> Any:
    return tf.nest.map_structure(lambda leaf: np.array(leaf.numpy() if hasattr(leaf, "numpy") else leaf), tree)


def _apart(one: Any, two: Any) -> float:
    if one.shape != two.shape:
        return float("inf")
    if one.dtype.kind not in "fciub":
        return 0.0 if np.array_equal(one, two) else float("inf")
    gap = np.abs(one.astype(np.float64) - two.astype(np.float64))
    gap = np.where(np.isnan(one) & np.isnan(two), 0.0, gap) if one.dtype.kind == "f" else gap
    return float(np.max(np.where(np.isnan(gap), np.inf, gap), initial=0.0))
