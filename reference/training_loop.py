"""Reference for the challenge ``training-loop``: a trainer around ``tf.GradientTape``.

With ``n_b`` samples in batch ``b``, parameters ``w`` and the loss of a batch

    L_b(w) = loss_fn(y_b, model(x_b)) + sum(model.losses),

one update over the batches ``B`` uses the gradient of the mean over *samples*, and then clips it as a whole:

    g = sum_b n_b * grad L_b(w) / sum_b n_b,        g <- g * min(1, c / ||g||),   ||g||^2 = sum over all variables.

Because ``loss_fn`` is a mean over its batch, ``n_b * grad L_b`` is a sum over samples: ``g`` is what one batch holding
all the samples of ``B`` would have given, however they were split.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import keras
import numpy as np
import tensorflow as tf

Array: TypeAlias = np.ndarray | tf.Tensor
Batch: TypeAlias = tuple[Array, Array]
LossFunction: TypeAlias = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


class Trainer:
    """Trains and evaluates one built Keras model with one optimizer.

    Args:
        model: A built model, with the ``trainable`` flags of its layers set.
        loss_fn: Called as ``loss_fn(y, predictions)``; gives the mean loss of a batch.
        optimizer: A Keras optimizer. Only this trainer should use it.
        metrics: Keras metrics; reported under their names.
        clip_norm: Longest global norm that the gradient of an update may have, or None for no limit.
        accumulate: Number of batches behind one update.

    Raises:
        ValueError: If ``accumulate`` is below 1 or ``clip_norm`` is not positive.
    """

    def __init__(
        self,
        model: keras.Model,
        loss_fn: LossFunction,
        optimizer: keras.optimizers.Optimizer,
        metrics: Sequence[keras.metrics.Metric] = (),
        clip_norm: float | None = None,
        accumulate: int = 1,
    ) -> None:
        if accumulate < 1:
            raise ValueError(f"`accumulate` must be at least 1. Received: {accumulate}")
        if clip_norm is not None and clip_norm <= 0:
            raise ValueError(f"`clip_norm` must be positive, or None for no clipping. Received: {clip_norm}")
        self._model = model
        self._loss_fn = loss_fn
        self._optimizer = optimizer
        self._metrics = tuple(metrics)
        self._clip_norm = clip_norm
        self._accumulate = accumulate
        self._mean_loss = keras.metrics.Mean(name="loss")

        # A compiled function may create variables in its first trace only, and the smaller last batch of an epoch
        # causes a second one. So every variable of the trainer and of the optimizer exists before anything is traced.
        self._variables = list(model.trainable_variables)
        self._gradient_sums = [tf.Variable(tf.zeros(v.shape, v.dtype), trainable=False) for v in self._variables]
        self._samples = tf.Variable(0.0, trainable=False)
        if not optimizer.built:
            optimizer.build(self._variables)

        # Plain Python: an `int` inside a compiled function would count traces.
        self._batches_collected = 0
        self._reached: set[int] = set()

        # Compiled here rather than by a decorator on the class, so that no two trainers share a trace.
        self._collect_compiled = tf.function(self._collect, reduce_retracing=True)
        self._update_compiled = tf.function(self._update)
        self._measure_compiled = tf.function(self._measure, reduce_retracing=True)

    def train_step(self, x: Array, y: Array) -> tf.Tensor:
        """Learns from one batch; every ``accumulate``-th call changes the weights.

        Returns:
            The batch's loss before any update, regularisation included: a scalar tensor.
        """
        loss = self._collect_compiled(x, y)
        self._batches_collected += 1
        if self._batches_collected == self._accumulate:
            self._apply_collected()
        return loss

    def evaluate(self, dataset: Iterable[Batch]) -> dict[str, float]:
        """Measures the loss and the metrics in inference mode, and leaves all training state as it is.

        Returns:
            ``{"loss": mean over the samples, <metric name>: value}``.

        Raises:
            ValueError: If the dataset has no batches.
        """
        self._reset_measurements()
        for x, y in _at_least_one(dataset):
            self._measure_compiled(x, y)
        return self._measurements()

    def fit(
        self, dataset: Iterable[Batch], epochs: int, validation_data: Iterable[Batch] | None = None
    ) -> dict[str, list[float]]:
        """Trains for a number of passes over ``dataset``, which has to be iterable that many times.

        Returns:
            The history: for ``loss`` and each metric, and for the same names after ``val_`` when there is
            ``validation_data``, one number an epoch.

        Raises:
            ValueError: If one of the datasets has no batches.
        """
        history: dict[str, list[float]] = {}
        for _ in range(epochs):
            measured = self._train_epoch(dataset)
            if validation_data is not None:
                measured |= {f"val_{name}": value for name, value in self.evaluate(validation_data).items()}
            for name, value in measured.items():
                history.setdefault(name, []).append(value)
        return history

    def _train_epoch(self, dataset: Iterable[Batch]) -> dict[str, float]:
        self._reset_measurements()
        for x, y in _at_least_one(dataset):
            self.train_step(x, y)
        if self._batches_collected:
            self._apply_collected()
        # Read now: a validation run uses the same metric objects.
        return self._measurements()

    def _collect(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Forward and backward pass of one batch; adds ``n_b * grad L_b`` to the sums."""
        with tf.GradientTape() as tape:
            predictions = self._model(x, training=True)
            loss = self._total_loss(y, predictions)
        gradients = tape.gradient(loss, [v.value for v in self._variables])
        size = _batch_size(y)
        for index, gradient in enumerate(gradients):
            # None is decided by the structure of the graph, hence while tracing: a Python set is the right place.
            if gradient is not None:
                self._reached.add(index)
                self._gradient_sums[index].assign_add(tf.convert_to_tensor(gradient) * size)
        self._samples.assign_add(size)
        self._record(loss, y, predictions)
        return loss

    def _apply_collected(self) -> None:
        # A tuple of ints is part of the compiled function's key, so a set that grew is traced anew instead of ignored.
        self._update_compiled(tuple(sorted(self._reached)))
        self._batches_collected = 0

    def _update(self, reached: tuple[int, ...]) -> None:
        """One optimizer update of the variables that the loss reaches; the others aren't even decayed."""
        gradients = [self._gradient_sums[index] / self._samples for index in reached]
        if self._clip_norm is not None:
            gradients, _ = tf.clip_by_global_norm(gradients, self._clip_norm)
        if reached:
            self._optimizer.apply(gradients, [self._variables[index] for index in reached])
        for collected in (*self._gradient_sums, self._samples):
            collected.assign(tf.zeros_like(collected))

    def _measure(self, x: tf.Tensor, y: tf.Tensor) -> None:
        predictions = self._model(x, training=False)
        self._record(self._total_loss(y, predictions), y, predictions)

    def _total_loss(self, y: tf.Tensor, predictions: tf.Tensor) -> tf.Tensor:
        """The loss of the latest forward pass. ``model.losses`` belongs to that pass, so it's read right after it."""
        return tf.add_n([self._loss_fn(y, predictions), *self._model.losses])

    def _record(self, loss: tf.Tensor, y: tf.Tensor, predictions: tf.Tensor) -> None:
        self._mean_loss.update_state(loss, sample_weight=_batch_size(y))
        for metric in self._metrics:
            metric.update_state(y, predictions)

    def _reset_measurements(self) -> None:
        for metric in (self._mean_loss, *self._metrics):
            metric.reset_state()

    def _measurements(self) -> dict[str, float]:
        return {metric.name: float(metric.result()) for metric in (self._mean_loss, *self._metrics)}


def _batch_size(y: tf.Tensor) -> tf.Tensor:
    """The number of samples as float32. Taken from the tensor, since one trace serves batches of several sizes."""
    return tf.cast(tf.shape(y)[0], tf.float32)


def _at_least_one(dataset: Iterable[Batch]) -> Iterator[Batch]:
    """The batches of a dataset.

    Raises:
        ValueError: At the end, if there was none: a mean over no samples has no value.
    """
    batch = None
    for batch in dataset:
        yield batch
    if batch is None:
        raise ValueError("The dataset must have at least one batch. Received: none")
