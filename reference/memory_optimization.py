"""Reference for the challenge ``memory-optimization``: training that fits.

Where memory goes, and what this file does about it:

- activations grow with the batch: accumulation makes a big batch of small ones, recomputation keeps block inputs only,
- half precision halves them; small gradients then need loss scaling (Micikevicius et al., 2018),
- data: files are streamed, and what was handed out keeps no file alive.

Accumulation over micro-batches of sizes ``n_b`` gives the gradient of the mean over *examples*,

    g = sum_b grad (sum_i loss_bi) / sum_b n_b.

Loss scaling with a factor ``S`` relies on linearity, ``grad(S * L) = S * grad(L)``: ``S * L`` is differentiated in half
precision, where the values of ``grad(L)`` alone would be rounded to zero, and the division by ``S`` happens in float32.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import keras
import numpy as np
import tensorflow as tf

Array: TypeAlias = np.ndarray | tf.Tensor
LossFunction: TypeAlias = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
Block: TypeAlias = Callable[[tf.Tensor], tf.Tensor]
LoadFunction: TypeAlias = Callable[[str], np.ndarray]

LEAST_SCALE = 1.0


def enable_memory_growth() -> int:
    """Lets every GPU take memory as it needs it. Returns for how many that could still be set."""
    configured = 0
    for gpu in tf.config.list_physical_devices("GPU"):
        try:
            tf.config.experimental.set_memory_growth(gpu, True)
        except RuntimeError:
            continue  # it is in use already; the others may not be
        configured += 1
    return configured


def largest_batch(try_step: Callable[[int], object], low: int = 1, high: int = 1024) -> int:
    """The largest n in [low, high] that fits into memory, or 0 if not even ``low`` does.

    Doubles up to the first size that doesn't fit, then bisects: at most about 2 * log2(high) trials, none of them much
    larger than what fits, since trying far too much is slow and may take the machine down.

    Args:
        try_step: Called with a size; raises ``tf.errors.ResourceExhaustedError`` if that doesn't fit. What else it
            raises is the caller's.
        low: Smallest size of interest, at least 1.
        high: Largest size of interest.
    """
    fits, tried = 0, low
    while _fits(try_step, tried):
        fits = tried
        if tried == high:
            return high
        tried = min(2 * tried, high)
    too_large = tried
    while fits and too_large - fits > 1:
        middle = (fits + too_large) // 2
        if _fits(try_step, middle):
            fits = middle
        else:
            too_large = middle
    return fits


def _fits(try_step: Callable[[int], object], size: int) -> bool:
    try:
        try_step(size)
    except tf.errors.ResourceExhaustedError:
        return False
    return True


def build_mixed_precision_model(input_shape: Sequence[int], num_classes: int) -> keras.Model:
    """A small image classifier that computes in float16 and keeps its variables, and its output, in float32.

    The policy is each layer's own. Setting the global one would change models that somebody builds later.

    Args:
        input_shape: (height, width, channels).
        num_classes: Number of output probabilities.
    """
    half, full = keras.mixed_precision.DTypePolicy("mixed_float16"), keras.mixed_precision.DTypePolicy("float32")
    model = keras.Sequential(
        [
            keras.Input(tuple(input_shape), dtype="float32"),
            keras.layers.Conv2D(32, 3, activation="relu", dtype=half),
            keras.layers.MaxPooling2D(dtype=half),
            keras.layers.Conv2D(64, 3, activation="relu", dtype=half),
            keras.layers.GlobalAveragePooling2D(dtype=half),
            # Half precision has too few digits for probabilities and their logarithms.
            keras.layers.Dense(num_classes, activation="softmax", dtype=full),
        ]
    )
    model.dtype_policy = full  # a model has one as well, and it would be the global one
    return model


class LossScaler:
    """Dynamic loss scaling: as large a factor as the gradients bear.

    Args:
        initial: First factor.
        factor: By what the factor grows and shrinks.
        growth_steps: After how many good steps in a row it grows.
    """

    def __init__(self, initial: float = 2.0**15, factor: float = 2.0, growth_steps: int = 2000) -> None:
        self.scale = float(initial)
        self._factor = factor
        self._growth_steps = growth_steps
        self._good_steps = 0

    def gradients(
        self, model: keras.Model, loss_fn: LossFunction, x: Array, y: Array
    ) -> tuple[float, list[tf.Tensor | None]]:
        """Loss and gradients, both without the factor. Changes nothing.

        Args:
            model: Called in training mode; may compute in float16.
            loss_fn: ``loss_fn(y, predictions)`` gives a scalar.
            x: Inputs.
            y: Targets.

        Returns:
            The loss, and float32 gradients in the order of ``model.trainable_variables``.
        """
        with tf.GradientTape() as tape:
            loss = tf.cast(loss_fn(y, model(x, training=True)), tf.float32)
            scaled_loss = loss * self.scale
        scaled = tape.gradient(scaled_loss, [variable.value for variable in model.trainable_variables])
        # Cast first: in float16 the quotient would be rounded to zero again.
        gradients = [None if g is None else tf.cast(tf.convert_to_tensor(g), tf.float32) / self.scale for g in scaled]
        return float(loss), gradients

    def step(
        self, model: keras.Model, optimizer: keras.optimizers.Optimizer, loss_fn: LossFunction, x: Array, y: Array
    ) -> bool:
        """Learns from one batch, unless its gradients overflow. Returns whether it did; adapts the factor."""
        _, gradients = self.gradients(model, loss_fn, x, y)
        found = [
            (gradient, variable)
            for gradient, variable in zip(gradients, model.trainable_variables, strict=True)
            if gradient is not None
        ]
        if not all(bool(tf.reduce_all(tf.math.is_finite(gradient))) for gradient, _ in found):
            self.scale = max(self.scale / self._factor, LEAST_SCALE)
            self._good_steps = 0
            return False
        optimizer.apply_gradients(found)
        self._good_steps += 1
        if self._good_steps == self._growth_steps:
            self.scale *= self._factor
            self._good_steps = 0
        return True


def train_with_accumulation(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    loss_fn: LossFunction,
    dataset: Iterable[tuple[Array, Array]],
    accumulation_steps: int,
    epochs: int = 1,
) -> list[float]:
    """Trains with one optimizer step for each group of micro-batches, as if the group were one batch.

    Args:
        model: A built model.
        optimizer: A Keras optimizer.
        loss_fn: ``loss_fn(y, predictions)`` gives losses (N,), one for each example.
        dataset: Micro-batches (x, y) of any sizes; read once for each epoch.
        accumulation_steps: Micro-batches in a group. What's left at an epoch's end is a smaller group.
        epochs: Number of passes.

    Returns:
        The mean loss over the examples of each group, before its step.
    """
    accumulator = _Accumulator(model, optimizer, loss_fn)
    losses = []
    for _ in range(epochs):
        waiting = 0
        for x, y in dataset:
            accumulator.add(x, y)
            waiting += 1
            if waiting == accumulation_steps:
                losses.append(accumulator.apply())
                waiting = 0
        if waiting:
            losses.append(accumulator.apply())
    return losses


class _Accumulator:
    """Sums of losses and gradients over micro-batches. Memory: one more copy of the trainable variables."""

    def __init__(self, model: keras.Model, optimizer: keras.optimizers.Optimizer, loss_fn: LossFunction) -> None:
        self._model, self._optimizer, self._loss_fn = model, optimizer, loss_fn
        self._variables = list(model.trainable_variables)
        self._sums = [tf.Variable(tf.zeros(v.shape, v.dtype), trainable=False) for v in self._variables]
        self._loss, self._examples = tf.Variable(0.0, trainable=False), tf.Variable(0.0, trainable=False)
        self._reached: set[int] = set()
        if not optimizer.built:
            optimizer.build(self._variables)
        # The sizes of micro-batches differ; one relaxed trace serves them all.
        self._add_compiled = tf.function(self._add, reduce_retracing=True)

    def add(self, x: Array, y: Array) -> None:
        """Forward and backward pass of one micro-batch."""
        self._add_compiled(x, y)

    def apply(self) -> float:
        """One optimizer step with what was added since the last one. Returns the mean loss."""
        pairs = [(self._sums[index] / self._examples, self._variables[index]) for index in sorted(self._reached)]
        self._optimizer.apply_gradients(pairs)
        loss = float(self._loss / self._examples)
        for collected in (*self._sums, self._loss, self._examples):
            collected.assign(tf.zeros_like(collected))
        return loss

    def _add(self, x: tf.Tensor, y: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            losses = self._loss_fn(y, self._model(x, training=True))
            loss = tf.reduce_sum(losses)  # a sum, since micro-batches weigh by their examples
        gradients = tape.gradient(loss, [variable.value for variable in self._variables])
        for index, gradient in enumerate(gradients):
            # None follows from the structure of the graph, so a Python set filled while tracing knows it all. Zeros
            # instead would let momentum and weight decay move variables that the loss doesn't reach.
            if gradient is not None:
                self._reached.add(index)
                self._sums[index].assign_add(tf.convert_to_tensor(gradient))
        self._loss.assign_add(tf.cast(loss, tf.float32))
        self._examples.assign_add(tf.cast(tf.shape(losses)[0], tf.float32))


def checkpointed(block: Block) -> Block:
    """The same block, but its activations are computed again in the backward pass instead of being kept.

    Chen et al., "Training Deep Nets with Sublinear Memory Cost" (2016). The block has to be deterministic: a second
    run with another dropout mask would give the gradient of another function.
    """
    recomputed = tf.recompute_grad(block)

    def run(x: tf.Tensor) -> tf.Tensor:
        # A plain function: as an argument of a `tf.function`, what `recompute_grad` returns is unwrapped to the block.
        return recomputed(x)

    return run


def stream_batches(
    paths: Iterable[str], batch_size: int, load_fn: LoadFunction, *, drop_remainder: bool = False
) -> Iterator[np.ndarray]:
    """Batches of exactly ``batch_size`` rows across the borders of files, each file loaded when its rows are needed.

    Args:
        paths: Files, in order.
        batch_size: Rows in a batch.
        load_fn: Gives a file's rows (n, ...), n >= 0.
        drop_remainder: Leave out a smaller last batch.

    Yields:
        (batch_size, ...) arrays that own their memory.
    """
    collected: list[np.ndarray] = []
    missing = batch_size
    for path in paths:
        rows = load_fn(path)
        start = 0
        while start < len(rows):
            piece = rows[start : start + missing].copy()  # a slice would keep the whole file alive
            collected.append(piece)
            start += len(piece)
            missing -= len(piece)
            if not missing:
                # Handed out without a name of our own, so that the batch dies with its last user.
                yield _joined(collected)
                missing = batch_size
        del rows  # before the next one is loaded
    if collected and not drop_remainder:
        yield _joined(collected)


def _joined(pieces: list[np.ndarray]) -> np.ndarray:
    """The pieces as one new array; empties the list."""
    batch = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
    pieces.clear()
    return batch


def stream_dataset(
    paths: Sequence[str],
    batch_size: int,
    load_fn: LoadFunction,
    row_shape: Sequence[int],
    dtype: tf.DType | str,
    *,
    drop_remainder: bool = False,
) -> tf.data.Dataset:
    """``stream_batches`` as a dataset that starts anew for each epoch.

    Returns:
        Elements (batch_size, *row_shape) of ``dtype``; the first axis is unknown where the last batch may be smaller.
    """
    rows = batch_size if drop_remainder else None
    return tf.data.Dataset.from_generator(
        lambda: stream_batches(paths, batch_size, load_fn, drop_remainder=drop_remainder),
        output_signature=tf.TensorSpec((rows, *row_shape), tf.as_dtype(dtype)),
    )
