"""Mixed precision: a policy that never outlives its block, and which dtype is where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import tensorflow as tf


@contextmanager
def policy(name: str) -> Iterator[None]:
    """The global dtype policy, such as "mixed_float16", for as long as the block lasts, whatever happens in it."""
    before = global_policy()
    tf.keras.mixed_precision.set_global_policy(name)
    try:
        yield
    finally:
        tf.keras.mixed_precision.set_global_policy(before)


def global_policy() -> str:
    """The name of the policy in force: what a solution may have left changed."""
    return str(tf.keras.mixed_precision.global_policy().name)


def dtypes_of(layer: Any, *inputs: Any) -> dict[str, Any]:
    """The dtypes of a layer or a model, called on `inputs`: {"compute", "variable", "variables": by order of weights,
    "output": text, or a nest of it}.
    """
    output = layer(*inputs)
    return {
        "compute": str(layer.compute_dtype),
        "variable": str(layer.variable_dtype),
        "variables": [_name(variable) for variable in layer.weights],
        "output": tf.nest.map_structure(_name, output),
    }


def _name(tensor: Any) -> str:
    return str(tf.as_dtype(tensor.dtype).name)
