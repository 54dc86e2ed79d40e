"""Learning from a stream: a uniform memory of everything seen, updates that mix old with new, and weights that hold on.

Reservoir sampling (algorithm R): row number t enters a full reservoir of c rows with probability c / t, in a random
place. By induction every row of the stream is then held with probability c / t, however it was cut into batches.

Elastic weight consolidation: near a minimum of an old task its loss is about quadratic in the weights v, with the
Fisher information F as curvature. Keeping F's diagonal alone gives the penalty

    lam / 2 * sum(F * (v - a)**2)        a: the weights when the task ended.

A sum of such penalties is one of the same form and a constant, by completing the square:

    sum_k F_k * (v - a_k)**2 = P * (v - m)**2 + constant      P = sum_k F_k,  m = sum_k F_k * a_k / P

The constant moves nothing, so any number of tasks costs two variables for each weight, and a compiled step that reads
P and m needs no new trace when a task is added.

Vitter: Random sampling with a reservoir. ACM Transactions on Mathematical Software 11, 1985.
Kirkpatrick et al.: Overcoming catastrophic forgetting in neural networks. PNAS 114, 2017,
https://arxiv.org/abs/1612.00796
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

Array = npt.NDArray[Any]
STATE, RANDOM_STATE = "state.npz", "random_state.json"


class ReservoirBuffer:
    """A uniform random sample of all rows ever added, at most `capacity` of them, each with its label.

    Args:
        capacity: how many rows are held at most.
        seed: decides which rows are kept and which are drawn; None for an unpredictable choice.

    Raises:
        ValueError: capacity below 1, or a sample of an empty buffer.
    """

    def __init__(self, capacity: int, seed: int | None = None) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1. Received: capacity={capacity}")
        self.capacity, self.seen = capacity, 0
        self._rng = np.random.default_rng(seed)
        self._x, self._y = np.empty(0), np.empty(0)  # made by the first rows, which say their shape and dtype

    def __len__(self) -> int:
        return min(self.seen, self.capacity)

    def add(self, x: Any, y: Any) -> None:
        """Offer rows x (n, ...) with labels y (n,). What is kept is copied."""
        x, y = np.asarray(x), np.asarray(y)
        if not self.seen:
            self._x = np.empty((self.capacity, *x.shape[1:]), x.dtype)
            self._y = np.empty((self.capacity, *y.shape[1:]), y.dtype)
        for row, label in zip(x, y, strict=True):
            slot = self.seen if self.seen < self.capacity else int(self._rng.integers(self.seen + 1))
            self.seen += 1
            if slot < self.capacity:
                self._x[slot], self._y[slot] = row, label

    def sample(self, n: int) -> tuple[Array, Array]:
        """Return `min(n, len(self))` different rows and their labels, as arrays that belong to the caller."""
        if not len(self):
            raise ValueError(f"an empty buffer has no rows to draw. Received: n={n}")
        rows = self._rng.choice(len(self), size=min(n, len(self)), replace=False)
        return self._x[rows], self._y[rows]

    def state(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """Everything that the future depends on: arrays, and the generator's state as plain data."""
        held = len(self)
        arrays = {"x": self._x[:held], "y": self._y[:held], "seen": np.asarray(self.seen, np.int64)}
        return arrays, dict(self._rng.bit_generator.state)

    def restore(self, arrays: dict[str, Array], random_state: dict[str, Any]) -> None:
        """Become the buffer that `state` described, which had the same capacity."""
        x, y, self.seen = arrays["x"], arrays["y"], int(arrays["seen"])
        self._x = np.empty((self.capacity, *x.shape[1:]), x.dtype)
        self._y = np.empty((self.capacity, *y.shape[1:]), y.dtype)
        self._x[: len(x)], self._y[: len(y)] = x, y
        self._rng.bit_generator.state = random_state


def _negative_log_likelihood(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """One value for each row."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)


def diagonal_fisher(model: keras.Model, x: Any, y: Any) -> list[Array]:
    """Return, for each trainable variable, the mean over rows of the squared gradient of -log p(y_i | x_i).

    The square is taken of every row's own gradient: the gradients of a batch largely cancel each other at a minimum,
    and the square of their mean would say that no weight matters. The rows are walked through one at a time inside one
    compiled loop, in inference mode, so memory doesn't grow with their number and no state of the model changes.

    Args:
        model: ends in logits (None, C).
        x: rows (n, ...).
        y: integer labels (n,); with the model's own predictions in their place this would be another matrix.
    """
    variables = model.trainable_variables

    def squares(row: tf.Tensor, label: tf.Tensor) -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            loss = _negative_log_likelihood(label[tf.newaxis], model(row[tf.newaxis], training=False))
        gradients = tape.gradient(loss, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return [tf.square(gradient) for gradient in gradients]

    def add(sums: list[tf.Tensor], row: tuple[tf.Tensor, tf.Tensor]) -> list[tf.Tensor]:
        return [total + square for total, square in zip(sums, squares(*row), strict=True)]

    @tf.function
    def total(rows: tf.Tensor, labels: tf.Tensor) -> list[tf.Tensor]:
        start = [tf.zeros(variable.shape, tf.float32) for variable in variables]
        return tf.foldl(add, (rows, labels), initializer=start)

    rows = np.asarray(x, np.float32)
    sums = total(tf.constant(rows), tf.constant(np.asarray(y), tf.int64))
    return [summed.numpy() / np.float32(len(rows)) for summed in sums]


def ewc_penalty(variables: Sequence[Any], anchors: Sequence[Any], fisher: Sequence[Any], lam: float) -> tf.Tensor:
    """Return lam / 2 * sum(fisher * (variable - anchor)**2) over all variables, a scalar to differentiate."""
    terms = [
        tf.reduce_sum(information * tf.square(tf.convert_to_tensor(variable) - anchor))
        for variable, anchor, information in zip(variables, anchors, fisher, strict=True)
    ]
    return 0.5 * lam * tf.add_n(terms)


class OnlineLearner:
    """Learns a stream batch by batch, with replay and consolidation against forgetting.

    The compiled step is traced once, for batches of every size. All that changes over time (weights, optimizer,
    consolidated tasks) is in variables, which a compiled function reads anew each time.

    Args:
        model: a functional model, one float32 input (None, ...), logits (None, C) as its output.
        optimizer: a Keras optimizer of the learner's own; None for Adam(0.001).
        buffer_capacity: rows that are remembered.
        replay_ratio: old rows for each new one, at least 0.
        ewc_lambda: weight of the penalties of consolidated tasks.
        seed: of the buffer.
    """

    def __init__(
        self,
        model: keras.Model,
        optimizer: keras.optimizers.Optimizer | None = None,
        buffer_capacity: int = 1000,
        replay_ratio: float = 0.5,
        ewc_lambda: float = 0.0,
        seed: int | None = None,
    ) -> None:
        if replay_ratio < 0 or ewc_lambda < 0:
            raise ValueError(
                "replay_ratio and ewc_lambda must not be negative. "
                f"Received: replay_ratio={replay_ratio}, ewc_lambda={ewc_lambda}"
            )
        self.model = model
        self.optimizer = keras.optimizers.Adam(0.001) if optimizer is None else optimizer
        self.optimizer.build(model.trainable_variables)  # before anything is traced or loaded
        self.buffer = ReservoirBuffer(buffer_capacity, seed)
        self.replay_ratio, self.ewc_lambda = replay_ratio, ewc_lambda
        self._precision = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in model.trainable_variables]
        self._centre = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in model.trainable_variables]
        rows = tf.TensorSpec(model.input_shape, tf.float32)
        self._step = tf.function(self._take_step, input_signature=[rows, tf.TensorSpec((None,), tf.int64)])
        self._logits = tf.function(self._infer, input_signature=[rows])

    def _take_step(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            data_loss = tf.reduce_mean(_negative_log_likelihood(y, self.model(x, training=True)))
            loss = data_loss + ewc_penalty(variables, self._centre, self._precision, self.ewc_lambda)
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return data_loss

    def _infer(self, x: tf.Tensor) -> tf.Tensor:
        return self.model(x, training=False)

    def update(self, x: Any, y: Any) -> float:
        """Take one step on new rows and on replayed ones, then remember the new ones.

        Returns the mean cross-entropy of all these rows from before the step, without penalties.
        """
        new_x, new_y = np.asarray(x, np.float32), np.asarray(y, np.int64)
        count = min(len(self.buffer), math.ceil(self.replay_ratio * len(new_x)))
        rows, labels = new_x, new_y
        if count:
            old_x, old_y = self.buffer.sample(count)
            rows, labels = np.concatenate([new_x, old_x]), np.concatenate([new_y, old_y])
        loss = float(self._step(rows, labels))
        self.buffer.add(new_x, new_y)  # last: a batch is no memory of itself
        return loss

    def predict(self, x: Any) -> Array:
        """Return the class ids (n,) of rows (n, ...)."""
        return np.argmax(self._logits(np.asarray(x, np.float32)).numpy(), axis=-1)

    def consolidate(self, x: Any, y: Any) -> None:
        """Hold on to the present weights, as strongly as each of them matters for the rows (x, y)."""
        fisher = diagonal_fisher(self.model, x, y)
        for precision, centre, weight, added in zip(
            self._precision, self._centre, self.model.trainable_variables, fisher, strict=True
        ):
            total = precision + added
            moved = tf.math.divide_no_nan(added, total) * (tf.convert_to_tensor(weight) - centre)
            centre.assign_add(moved)
            precision.assign(total)

    def _variables(self) -> list[Any]:
        """All of the model (the states of random layers too, which `weights` leaves out), optimizer and tasks."""
        return [*self.model.variables, *self.optimizer.variables, *self._precision, *self._centre]

    def save(self, folder: str | Path) -> None:
        """Write everything that later updates depend on into `folder`, which is made when it isn't there."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        arrays, random_state = self.buffer.state()
        values: dict[str, Any] = {f"variable_{i}": np.asarray(value) for i, value in enumerate(self._variables())}
        with (folder / STATE).open("wb") as file:
            np.savez(file, **(arrays | values))
        (folder / RANDOM_STATE).write_text(json.dumps(random_state), encoding="utf-8")

    def load(self, folder: str | Path) -> Self:
        """Go on where the learner that saved into `folder` stopped. Built with the same arguments, both behave alike.

        Raises:
            ValueError: the saved learner had other variables.
        """
        folder = Path(folder)
        with np.load(folder / STATE) as file:
            arrays = dict(file)
        variables = self._variables()
        saved = [arrays.get(f"variable_{i}", np.empty(0)) for i in range(len(variables))]
        shapes, expected = [value.shape for value in saved], [tuple(variable.shape) for variable in variables]
        if shapes != expected:
            raise ValueError(
                f"{folder} must hold a learner with the same variables. Received: {shapes}, not {expected}"
            )
        for variable, value in zip(variables, saved, strict=True):
            variable.assign(value)
        self.buffer.restore(arrays, json.loads((folder / RANDOM_STATE).read_text(encoding="utf-8")))
        return self


def prequential(learner: Any, batches: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Test on each batch, then train on it: every prediction is about rows that the learner has never seen.

    Args:
        learner: has `predict(x)` and `update(x, y)`.
        batches: pairs (x, y), read once and one at a time.

    Returns:
        `accuracy` and `losses`, one float for each batch, and `mean`, the accuracy over all rows (0.0 without any).
    """
    accuracy: list[float] = []
    losses: list[float] = []
    right = rows = 0
    for x, y in batches:
        hits = np.asarray(learner.predict(x)) == np.asarray(y)
        accuracy.append(float(np.mean(hits)))
        right, rows = right + int(np.sum(hits)), rows + hits.size
        losses.append(learner.update(x, y))
    return {"accuracy": accuracy, "losses": losses, "mean": right / rows if rows else 0.0}
