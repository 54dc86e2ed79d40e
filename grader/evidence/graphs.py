"""The same function eagerly, as a graph, compiled by XLA, and at sizes that are unknown when it is traced.

What a solution gives is traced as it is, never through a function of ours: AutoGraph reads sources, and ours can't be
read inside a jail.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf


def both_ways(function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
    """What a function returns eagerly and in a graph: {"eager": …, "graph": …}.

    `arguments` are arrays or nests of them; they arrive as tensors. `function` may be a layer, or a `tf.function`
    (which is taken apart for the eager run).
    """
    tensors = _tensors(arguments)
    return {"eager": _plain(function)(*tensors), "graph": tf.function(_plain(function))(*tensors)}


def compiled(function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
    """Whether XLA compiles a function, and what it returns then: {"compiles": bool, "output": …, "trouble": text}.

    Where it doesn't compile, the output is None and `trouble` begins with the kind of error. What the function itself
    raises while it is traced is raised.
    """
    try:
        output = tf.function(_plain(function), jit_compile=True)(*_tensors(arguments))
    except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, tf.errors.InternalError) as error:
        return {"compiles": False, "output": None, "trouble": f"{type(error).__name__}: {error.message[:300]}"}
    return {"compiles": True, "output": output, "trouble": ""}


def asks_for_xla(function: Any, *arguments: Any) -> bool:
    """Whether a `tf.function` that a solution made has `jit_compile=True` and compiles for these arguments."""
    compiler = getattr(function, "experimental_get_compiler_ir", None)
    if compiler is None:
        return False
    call = inspect.signature(_plain(function)).bind(*_tensors(arguments))
    call.apply_defaults()  # the compiler does not fill them in
    try:
        return bool(compiler(*call.args, **call.kwargs)(stage="hlo"))
    except (ValueError, TypeError, tf.errors.OpError):
        return False


def at_unknown_sizes(function: Callable[..., Any], *calls: Sequence[Any], free: Sequence[int] = (0,)) -> dict[str, Any]:
    """Trace a function once with unknown axes and run it on several sizes.

    Each of `calls` holds the arguments of one call: arrays whose sizes may differ along the `free` axes. Returns
    {"outputs": one for each call, "shapes": the static shapes of the output, None where unknown, "traces": count}.
    """
    signature = [_spec(np.asarray(argument), free) for argument in calls[0]]
    traced = tf.function(_plain(function), input_signature=signature)
    shapes = tf.nest.map_structure(
        lambda tensor: _listed(tensor.shape), traced.get_concrete_function().structured_outputs
    )
    outputs = [traced(*_tensors(call)) for call in calls]
    return {"outputs": outputs, "shapes": shapes, "traces": int(traced.experimental_get_tracing_count())}


def symbolic_shape(layer: Callable[..., Any], shape: Sequence[int | None], dtype: str = "float32") -> Any:
    """The shape that Keras works out for a layer on an input of this shape (without the batch, None for an unknown
    axis): a list, with None for the batch and for what stays unknown, or a nest of such lists.
    """
    output = layer(tf.keras.Input(tuple(shape), dtype=dtype))
    return tf.nest.map_structure(lambda tensor: _listed(tensor.shape), output)


def _plain(function: Any) -> Callable[..., Any]:
    return getattr(function, "python_function", function)


def _tensors(arguments: Sequence[Any]) -> list[Any]:
    return tf.nest.map_structure(tf.convert_to_tensor, list(arguments))


def _spec(array: np.ndarray[Any, Any], free: Sequence[int]) -> tf.TensorSpec:
    shape = [None if axis in free else size for axis, size in enumerate(array.shape)]
    return tf.TensorSpec(shape, tf.as_dtype(array.dtype))


def _listed(shape: Any) -> list[int | None]:
    return [None if size is None else int(size) for size in shape]
