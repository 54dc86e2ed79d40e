"""How often Python and how often TensorFlow went through something. `grader.probing.python_runs` counts one function's
Python runs; here are the counts of a `tf.function`, and a layer that sees what passes through a model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf


class Passages:
    """What a `Recorder` saw. `traces`: how often Python ran its `call`. `inputs`: an array for each execution."""

    def __init__(self) -> None:
        self.traces = 0
        self.inputs: list[Any] = []

    @property
    def executions(self) -> int:
        """How often TensorFlow ran it."""
        return len(self.inputs)

    @property
    def rows(self) -> list[int]:
        """The number of rows in each execution."""
        return [len(array) for array in self.inputs]

    def forget(self) -> None:
        """Begin anew: building a model runs `call` too."""
        self.traces = 0
        self.inputs.clear()

    def note(self, array: Any) -> None:
        """Keep a copy of what came by."""
        self.inputs.append(np.array(array))


class Recorder(tf.keras.layers.Layer):
    """A layer that hands its input on and keeps in `.seen` what came by.

    Put one into a model to learn what a solution feeds it: batch sizes, order, executions, traces. It reports to
    Python, so XLA can't compile it: Keras 3 then leaves a model uncompiled, while a `tf.function` or Keras 2 with
    `jit_compile=True` fails (take `python_runs` there).
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_jit = False
        self.seen = Passages()

    def call(self, inputs: Any) -> Any:
        """The input."""
        self.seen.traces += 1
        with tf.control_dependencies([tf.numpy_function(self.seen.note, [inputs], [])]):
            return tf.identity(inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """That of the input; Keras need not run `call` to know."""
        return input_shape


def trace_count(function: Any) -> int:
    """How often a `tf.function` has been traced so far. Raises TypeError for anything else."""
    count = getattr(function, "experimental_get_tracing_count", None)
    if count is None:
        raise TypeError(f"expected a tf.function, received {type(function).__name__}")
    return int(count())


def ragged_batches(*arrays: Any, sizes: tuple[int, ...]) -> tf.data.Dataset:
    """A dataset that yields the rows of `arrays` in order, in batches of exactly these sizes, with an unknown first
    axis: what a last batch that isn't full looks like to a training loop.
    """
    ends = np.cumsum(sizes)
    if ends[-1] > min(len(array) for array in arrays):
        raise ValueError(f"expected at least {ends[-1]} rows, received {min(len(array) for array in arrays)}")
    parts: list[Any] = [
        tuple(np.asarray(array)[end - size : end] for array in arrays) for end, size in zip(ends, sizes, strict=True)
    ]
    if len(arrays) == 1:
        parts = [part for (part,) in parts]
    signature = tf.nest.map_structure(lambda part: tf.TensorSpec((None, *part.shape[1:]), part.dtype), parts[0])
    return tf.data.Dataset.from_generator(lambda: iter(parts), output_signature=signature)
