"""Gradients, by a tape and by finite differences.

What the two say has to agree whatever the formula is, so an author needs no derivative of his own. Central
differences: the error falls with the square of the step, that of rounding rises with its inverse, so the best step is
the cube root of the rounding of one value (J. Nocedal and S. Wright, Numerical Optimization, section 8.1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

Array = np.ndarray[Any, np.dtype[Any]]
STEP = 6e-6  # for functions that compute in float64: errors of about 1e-9
STEP_FLOAT32 = 5e-3  # for those that compute in float32: errors of about 1e-3


def numeric_gradient(function: Callable[..., Any], *points: Any, step: float = STEP) -> list[Array]:
    """The gradient of a scalar function at `points`, by central differences: one float64 array for each point, of its
    shape.

    `function` takes float64 tensors of the shapes of `points` and returns one number. It is called twice for each
    entry, so keep the points small. One that computes in float32 needs `step=STEP_FLOAT32`.
    """
    values = [np.array(point, np.float64) for point in points]

    def value() -> float:
        return _number(function(*(tf.constant(value) for value in values)))

    return [_slopes(array, value, step) for array in values]


def numeric_gradient_of_variables(
    function: Callable[[], Any], variables: Sequence[Any], step: float = STEP_FLOAT32
) -> list[Array]:
    """The same for a function without parameters that reads `variables` (of TensorFlow or Keras): one float64 array for
    each. The variables have their old values afterwards.
    """
    return [_variable_slopes(function, variable, step) for variable in variables]


def tape_gradient(function: Callable[..., Any], *points: Any) -> list[Array | None]:
    """The gradient of a function at `points` by a GradientTape: an array of the point's shape and dtype for each, or
    None where the result doesn't depend on it. Python numbers and float64 arrays go in as float64.
    """
    tensors = [tf.constant(np.asarray(point)) for point in points]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        result = function(*tensors)
    return _dense(tape.gradient(result, tensors))


def tape_gradient_of_variables(function: Callable[[], Any], variables: Sequence[Any]) -> list[Array | None]:
    """The gradient of a function without parameters for each of `variables`, by a GradientTape; None where there is
    none. Rows of an embedding that occur twice are added up.
    """
    plain = [getattr(variable, "value", variable) for variable in variables]
    sources = [
        source if isinstance(source, tf.Variable) else variable
        for source, variable in zip(plain, variables, strict=True)
    ]
    with tf.GradientTape() as tape:
        tape.watch(sources)  # frozen ones are asked about too
        result = function()
    return _dense(tape.gradient(result, sources))


def _slopes(array: Array, value: Callable[[], float], step: float) -> Array:
    slopes = np.zeros(array.shape)
    for index in np.ndindex(array.shape):
        here = float(array[index])
        width = step * max(1.0, abs(here))
        sides = []
        for side in (here + width, here - width):
            array[index] = side
            sides.append((array[index], value()))
        array[index] = here
        (above, high), (below, low) = sides
        slopes[index] = (high - low) / (above - below)
    return slopes


def _variable_slopes(function: Callable[[], Any], variable: Any, step: float) -> Array:
    before = np.array(variable.numpy())
    array = before.copy()  # in the variable's own dtype: the sides that are reached are the rounded ones

    def value() -> float:
        variable.assign(array)
        return _number(function())

    try:
        return _slopes(array, value, step)
    finally:
        variable.assign(before)


def _dense(gradients: Sequence[Any]) -> list[Array | None]:
    return [None if gradient is None else tf.convert_to_tensor(gradient).numpy() for gradient in gradients]


def _number(result: Any) -> float:
    values = np.asarray(result, np.float64)
    if values.size != 1:
        raise ValueError(f"expected a function that returns one number, received an array of shape {values.shape}")
    return float(values.reshape(()))
