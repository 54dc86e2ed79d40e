"""Stands after a solution: from here on Keras computes in float64, with the random numbers that float32 would get.

Given with it: `RUNTIME` of the challenge, and whether `INPUTS` that probes draw with `f32` become float64 as well.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from grader import probing

WIDE = "float64"
GIVEN = globals()


def _drawn_in_single(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Draw as float32 and widen: the same seed gives other numbers in another width."""

    # Both generations of Keras hand dtype on, one by name and one by its place.
    signature = inspect.signature(draw)

    @functools.wraps(draw)
    def drawn(*args: Any, **kwargs: Any) -> Any:
        call = signature.bind(*args, **kwargs)
        dtype = call.arguments.get("dtype")
        kept = dtype is not None and "float64" not in str(getattr(dtype, "name", dtype))
        if kept:
            return draw(*call.args, **call.kwargs)
        call.arguments["dtype"] = "float32"
        return importlib.import_module("tensorflow").cast(draw(*call.args, **call.kwargs), WIDE)

    return drawn


def _widen_keras3() -> None:
    keras = importlib.import_module("keras")
    keras.config.set_floatx(WIDE)
    keras.config.set_dtype_policy(WIDE)
    random = importlib.import_module("keras.src.backend").random
    for name in ("normal", "uniform", "truncated_normal"):
        setattr(random, name, _drawn_in_single(getattr(random, name)))


def _widen_keras2() -> None:
    keras = importlib.import_module("tf_keras")
    keras.backend.set_floatx(WIDE)
    keras.mixed_precision.set_global_policy(WIDE)
    generator = importlib.import_module("tf_keras.src.backend").RandomGenerator
    for name in ("random_normal", "random_uniform", "truncated_normal"):
        setattr(generator, name, _drawn_in_single(getattr(generator, name)))


def _wide_inputs(rng: np.random.Generator, *shape: int) -> Any:
    return _narrow_inputs(rng, *shape).astype(WIDE)


_narrow_inputs = probing.f32
{"keras3": _widen_keras3, "keras2": _widen_keras2}[GIVEN["RUNTIME"]]()
if GIVEN["INPUTS"]:
    probing.f32 = _wide_inputs
