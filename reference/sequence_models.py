"""An LSTM written out step by step, and recurrent models that cannot see how their input was padded.

One step of an LSTM, with `x` the input, `h` the output and `c` the cell state (all gates of one sample side by side):

    i, f, g, o = split(x @ W + h @ U + b)              in Keras's order: input, forget, candidate, output
    c' = sigmoid(f) * c + sigmoid(i) * tanh(g)
    h' = sigmoid(o) * tanh(c')

The cell path is a weighted sum, not a chain of products with a matrix: with `f` near 1 the gradient of `c` passes a
step almost unchanged, which is what the architecture is for.

Padding has to be invisible. A filler that can occur in the data drops real steps, so `PAD` lies outside of the range
that data may have; and a step counts as padding only when all of its features are the filler. `Masking` zeroes the
steps that it masks, so a large filler never reaches a matrix product. A NaN would: no comparison finds it.

Hochreiter and Schmidhuber: Long Short-Term Memory. Neural Computation 9(8), 1997. The forget gate is from Gers,
Schmidhuber and Cummins: Learning to Forget. Neural Computation 12(10), 2000.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float32]
State: TypeAlias = tuple[tf.Tensor, tf.Tensor]

PAD: float = -1e6
"""Filler of padded steps. Data lie within -1000..1000, and 0.0 is data."""

EPOCHS = 10
BATCH_SIZE = 50
LEARNING_RATE = 6e-3
PREDICTION_BATCH = 256


def generate_sequences(n_samples: int, seq_length: int, seed: int = 0) -> tuple[Floats, Floats]:
    """Return standard normal sequences `(n_samples, seq_length, 1)` and their sums `(n_samples, 1)`.

    The generator is local: equal seeds give equal data, and nobody else's random numbers change.
    """
    x = np.random.default_rng(seed).standard_normal((n_samples, seq_length, 1), dtype=np.float32)
    return x, x.sum(axis=1)


def lstm_forward(
    x: Any, kernel: Any, recurrent_kernel: Any, bias: Any, mask: Any = None
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Run one LSTM layer over time, starting from zeros.

    Args:
        x: `(B, T, F)`; B and T may be unknown while tracing.
        kernel: `(F, 4U)`, the gates in the order input, forget, candidate, output.
        recurrent_kernel: `(U, 4U)`.
        bias: `(4U,)`.
        mask: `(B, T)`, boolean. Where it is False the step does not happen: h and c stay, and the output repeats the
            previous one. None keeps every step.

    Returns:
        All outputs `(B, T, U)`, and the last h and c, each `(B, U)`. Gradients flow to every input but the mask.
    """
    x, recurrent_kernel = tf.convert_to_tensor(x), tf.convert_to_tensor(recurrent_kernel)
    # What the inputs add to the gates does not depend on the state: one product for all steps, outside of the loop.
    gates = tf.tensordot(x, kernel, 1) + bias
    kept = tf.ones(tf.shape(x)[:2], tf.bool) if mask is None else tf.cast(mask, tf.bool)

    def step(state: State, now: tuple[tf.Tensor, tf.Tensor]) -> State:
        (h, c), (from_input, keep) = state, now
        i, f, g, o = tf.split(from_input + h @ recurrent_kernel, 4, axis=-1)
        next_c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        next_h = tf.sigmoid(o) * tf.tanh(next_c)
        keep = keep[:, tf.newaxis]
        return tf.where(keep, next_h, h), tf.where(keep, next_c, c)

    # A scan, since the number of steps may be known only when the graph runs.
    zeros = tf.zeros([tf.shape(x)[0], recurrent_kernel.shape[0]], gates.dtype)
    outputs, cells = tf.scan(step, (tf.transpose(gates, [1, 0, 2]), tf.transpose(kept)), initializer=(zeros, zeros))
    return tf.transpose(outputs, [1, 0, 2]), outputs[-1], cells[-1]


def pad_batch(sequences: Sequence[ArrayLike], value: float) -> Floats:
    """Return sequences `(T_i, F)` as one array `(N, max T_i, F)`, filled up with `value` after each sequence's steps.

    Raises:
        ValueError: no sequences, one that is not `(steps, features)` with at least one step, or different numbers of
            features.
    """
    arrays = [np.asarray(sequence, np.float32) for sequence in sequences]
    shapes = [array.shape for array in arrays]
    if not arrays:
        raise ValueError("expected at least one sequence. Received: none")
    if any(len(shape) != 2 or shape[0] == 0 for shape in shapes):
        raise ValueError(f"expected sequences of shape (steps, features) with one step or more. Received: {shapes}")
    if len({shape[1] for shape in shapes}) > 1:
        raise ValueError(f"expected the same number of features in every sequence. Received: {shapes}")
    padded = np.full((len(arrays), max(len(array) for array in arrays), shapes[0][1]), value, np.float32)
    for row, array in zip(padded, arrays, strict=True):
        row[: len(array)] = array
    return padded


def _bidirectional_lstm(units: int, **kwargs: Any) -> keras.layers.Layer:
    return keras.layers.Bidirectional(keras.layers.LSTM(units, **kwargs))


RECURRENT: dict[str, Callable[..., keras.layers.Layer]] = {
    "lstm": keras.layers.LSTM,
    "gru": keras.layers.GRU,
    "bilstm": _bidirectional_lstm,
}


def build_model(
    kind: str, units: Sequence[int] = (64, 32), features: int = 1, mask_value: float | None = None
) -> keras.Model:
    """Return a compiled regression model for sequences of any length.

    Args:
        kind: "lstm", "gru" or "bilstm".
        units: size of each recurrent layer; all but the last hand on every step.
        features: numbers in a step.
        mask_value: steps whose features all have this value are ignored. None ignores nothing.

    Raises:
        ValueError: unknown kind, or no recurrent layer.
    """
    if kind not in RECURRENT:
        raise ValueError(f"kind must be one of {sorted(RECURRENT)}. Received: {kind!r}")
    if not units:
        raise ValueError(f"units must name at least one recurrent layer. Received: {units!r}")
    masking = [] if mask_value is None else [keras.layers.Masking(mask_value)]
    *lower, top = units
    recurrent = [RECURRENT[kind](size, return_sequences=True) for size in lower] + [RECURRENT[kind](top)]
    head = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((None, features)), *masking, *recurrent, *head])
    # XLA would compile anew for every length of the batches.
    model.compile(keras.optimizers.Adam(LEARNING_RATE), loss="mse", metrics=["mae"], jit_compile=False)
    return model


def train(kind: str, sequences: Sequence[ArrayLike], targets: ArrayLike, seed: int = 0) -> keras.Model:
    """Return a model fitted to sequences `(T_i, F)` of different lengths and their targets `(N, 1)`."""
    keras.utils.set_random_seed(seed)
    x = pad_batch(sequences, PAD)
    model = build_model(kind, features=x.shape[-1], mask_value=PAD)
    model.fit(x, np.asarray(targets, np.float32), epochs=EPOCHS, batch_size=BATCH_SIZE, verbose=0)
    return model


def predict(model: keras.Model, sequences: Sequence[ArrayLike]) -> Floats:
    """Return one prediction a sequence, `(N, 1)`, from a model that ignores steps of `PAD`.

    A row's masked steps change nothing, so neither the other sequences nor the longest of them matter.
    """
    return model.predict(pad_batch(sequences, PAD), batch_size=PREDICTION_BATCH, verbose=0)
