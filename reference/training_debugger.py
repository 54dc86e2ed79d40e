"""Reference for the challenge ``training-debugger``: tools that find out why a model doesn't learn.

Every tool returns what it found and leaves the model as it was. That includes what isn't trained (the averages of batch
normalisation), the optimizer's slots, its step count and its rate. So whatever runs a training step does it inside
``_unchanged``.

The loss is always the one that ``fit`` minimises: the compiled loss, whatever it is, plus what layers add.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf

Report: TypeAlias = dict[str, Any]
Event: TypeAlias = dict[str, str | int | None]

LARGEST_SCALED = 10.0
MOST_IMBALANCE = 10.0
VANISHING, EXPLODING = 1e-7, 1000.0
DIVERGED = 4.0
LEAST_RATE, MOST_RATE = 1e-6, 0.5
ROW_SUM_TOLERANCE = 1e-3


def verify_data(x: np.ndarray, y: np.ndarray, num_classes: int | None = None) -> Report:
    """Facts about inputs and labels, and the codes of what looks wrong with them.

    Args:
        x: (N, ...) numbers; features are the columns of ``x.reshape(N, -1)``.
        y: (N,) or (N, 1) integers, or one-hot (N, K).
        num_classes: Number of classes, when known.
    """
    features = np.asarray(x, "float64").reshape(len(x), -1)
    finite = np.isfinite(features)
    values = features[finite]
    labels = _labels(y)
    classes, counts = np.unique(labels, return_counts=True)
    report: Report = {
        "x_shape": tuple(int(size) for size in x.shape),
        "x_dtype": str(x.dtype),
        "x_min": float(values.min()),
        "x_max": float(values.max()),
        "nan_count": int(np.isnan(features).sum()),
        "inf_count": int(np.isinf(features).sum()),
        "constant_features": _constant_columns(features, finite),
        "class_counts": {int(label): int(count) for label, count in zip(classes, counts, strict=True)},
    }
    applies = {
        "length_mismatch": len(x) != len(y),
        "nan": report["nan_count"] > 0,
        "inf": report["inf_count"] > 0,
        "constant_feature": bool(report["constant_features"]),
        "unscaled": np.abs(values).max() > LARGEST_SCALED,
        "imbalance": counts.max() > MOST_IMBALANCE * counts.min(),
        "label_out_of_range": num_classes is not None and _out_of_range(labels, num_classes),
        # Classes that are there but out of range don't make up for those that are missing.
        "missing_class": num_classes is not None and not set(range(num_classes)) <= set(classes.tolist()),
    }
    return report | {"issues": sorted(code for code, found in applies.items() if found)}


def check_gradients(model: keras.Model, x: np.ndarray, y: np.ndarray) -> Report:
    """The gradient norm of each trainable variable on a batch, and what to think of it.

    Returns:
        ``{variable.path: {"norm": float or None, "status": str}}``; paths, because names repeat from layer to layer.
    """
    variables = model.trainable_variables
    with _unchanged(model, [*model.variables]), tf.GradientTape() as tape:
        loss = model.compute_loss(x, y, model(x, training=True), training=True)
    gradients = tape.gradient(loss, [variable.value for variable in variables])
    return {variable.path: _judged(gradient) for variable, gradient in zip(variables, gradients, strict=True)}


def overfit_test(
    model: keras.Model, x: np.ndarray, y: np.ndarray, n: int = 32, epochs: int = 200, tol: float = 0.1
) -> Report:
    """Whether the model can learn a few rows by heart. If it can't, more data won't help.

    Args:
        model: A compiled model.
        x: (N, ...) inputs.
        y: (N,) labels.
        n: Number of rows, taken from all classes in turn.
        epochs: Number of updates, each on all n rows.
        tol: Largest final loss that passes.
    """
    rows = _rows_in_turn(_labels(y), n)
    x_few, y_few = tf.constant(x[rows]), tf.constant(y[rows])
    with _unchanged(model, _training_state(model)):
        step = _compiled_step(model)
        first = _inference_loss(model, x_few, y_few)
        for _ in range(epochs):
            step(x_few, y_few)
        final = _inference_loss(model, x_few, y_few)
    return {
        "passed": bool(np.isfinite(final) and final <= tol and final < first),
        "first_loss": first,
        "final_loss": final,
        "classes": np.unique(_labels(y)[rows]).tolist(),
    }


def find_lr(
    model: keras.Model,
    x: np.ndarray,
    y: np.ndarray,
    min_lr: float = 1e-6,
    max_lr: float = 1.0,
    steps: int = 60,
    batch_size: int = 32,
) -> Report:
    """A learning-rate range test (Smith, 2017): one step for each rate, with the batch's own loss before the step.

    Raises:
        ValueError: If the first loss isn't finite already.
    """
    batches = max(1, len(x) // batch_size)
    lrs: list[float] = []
    losses: list[float] = []
    with _unchanged(model, _training_state(model)):
        step = _compiled_step(model)
        for index in range(steps):
            lrs.append(min_lr * (max_lr / min_lr) ** (index / max(1, steps - 1)))
            model.optimizer.learning_rate = lrs[-1]
            start = index % batches * batch_size
            rows = slice(start, start + batch_size)
            losses.append(float(step(tf.constant(x[rows]), tf.constant(y[rows]))))
            if not np.isfinite(losses[-1]) or losses[-1] > DIVERGED * min(losses):
                break
    return {"lrs": lrs, "losses": losses, "suggested": suggest_lr(lrs, losses)}


def suggest_lr(lrs: Sequence[float], losses: Sequence[float], beta: float = 0.9) -> float:
    """A tenth of the rate at which the smoothed loss is lowest.

    The exponential mean starts at 0, so it's divided by ``1 - beta**(i+1)``, the sum of its weights; otherwise the
    first losses would look like the lowest ones.

    Raises:
        ValueError: If there is no finite loss to begin with.
    """
    recorded = np.asarray(losses, "float64")
    broken = np.flatnonzero(~np.isfinite(recorded))
    if len(broken):
        recorded = recorded[: broken[0]]
    if not len(recorded):
        raise ValueError(f"Expected a finite loss at the first rate. Received: {list(losses)[:3]}")
    mean, smoothed = 0.0, []
    for index, loss in enumerate(recorded):
        mean = beta * mean + (1 - beta) * loss
        smoothed.append(mean / (1 - beta ** (index + 1)))
    return float(lrs[int(np.argmin(smoothed))]) / 10


class DebugCallback(keras.callbacks.Callback):
    """Notes losses that aren't finite, and stops; notes plateaus, and goes on.

    Args:
        patience: Epochs without improvement that make a plateau.
        min_delta: By how much an epoch's loss has to be below the best one.
    """

    def __init__(self, patience: int = 3, min_delta: float = 1e-4) -> None:
        super().__init__()
        self.patience = patience
        self.min_delta = min_delta
        self._begin()

    def _begin(self) -> None:
        self.events: list[Event] = []
        self._epoch = 0
        self._best = np.inf
        self._waited = 0
        self._broken = False

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """A callback may serve several trainings."""
        self._begin()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Batches don't know their epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Stops at the batch, not at the end of an epoch of NaN. (``logs`` hold means since the epoch began.)"""
        loss = (logs or {}).get("loss")
        if loss is not None:
            self._look_for_trouble(float(loss), self._epoch, batch)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Compares with the best epoch so far: a zigzag or a slow rise is a plateau, too."""
        loss = (logs or {}).get("loss")
        if loss is None:
            return
        self._look_for_trouble(float(loss), epoch, None)
        if loss < self._best - self.min_delta:
            self._best, self._waited = float(loss), 0
            return
        self._waited += 1
        if self._waited == self.patience:
            self.events.append({"kind": "plateau", "epoch": epoch, "batch": None})
            self._waited = 0

    def _look_for_trouble(self, loss: float, epoch: int, batch: int | None) -> None:
        if np.isfinite(loss) or self._broken:
            return
        self._broken = True
        self.events.append({"kind": "nonfinite", "epoch": epoch, "batch": batch})
        self.model.stop_training = True


def diagnose(model: keras.Model, x: np.ndarray, y: np.ndarray) -> list[str]:
    """The codes of what is wrong with a classifier and its data, sorted; [] when nothing is.

    Args:
        model: Compiled with sparse categorical cross-entropy, an object or its name.
        x: Inputs.
        y: (N,) labels.
    """
    rate = float(model.optimizer.learning_rate)
    applies = {
        "nonfinite_input": not np.isfinite(x).all(),
        "label_out_of_range": _out_of_range(_labels(y), model.output_shape[-1]),
        "learning_rate": not LEAST_RATE <= rate <= MOST_RATE,
        "nothing_trainable": not model.trainable_variables,
    }
    # Outputs and losses say nothing about the model while its input or labels are broken.
    if not (applies["nonfinite_input"] or applies["label_out_of_range"]):
        from_logits = bool(getattr(keras.losses.get(model.loss), "from_logits", False))
        probabilities = _are_probabilities(np.asarray(model(x, training=False)))
        statuses = {found["status"] for found in check_gradients(model, x, y).values()}
        applies["double_softmax"] = from_logits and probabilities
        applies["missing_softmax"] = not from_logits and not probabilities
        applies["no_gradient"] = bool(statuses & {"none", "zero"})
    return sorted(code for code, found in applies.items() if found)


@contextmanager
def _unchanged(model: keras.Model, variables: list[keras.Variable]) -> Iterator[None]:
    """Puts the variables and ``stop_training`` back when the block ends, however it ends."""
    values = [variable.numpy() for variable in variables]
    stopped = getattr(model, "stop_training", False)
    try:
        yield
    finally:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        model.stop_training = stopped


def _training_state(model: keras.Model) -> list[keras.Variable]:
    """All that a training step may change. Slots are made now: what doesn't exist can't be put back."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    return [*model.variables, *model.optimizer.variables]


def _compiled_step(model: keras.Model) -> tf.types.experimental.PolymorphicFunction:
    """A training step that returns its batch's own loss; what ``fit`` logs is the mean since the epoch began."""

    def step(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        variables = model.trainable_variables
        with tf.GradientTape() as tape:
            loss = model.compute_loss(x, y, model(x, training=True), training=True)
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        reached = [(g, v) for g, v in zip(gradients, variables, strict=True) if g is not None]
        model.optimizer.apply_gradients(reached)
        return loss

    return tf.function(step, reduce_retracing=True)


def _inference_loss(model: keras.Model, x: tf.Tensor, y: tf.Tensor) -> float:
    return float(model.compute_loss(x, y, model(x, training=False), training=False))


def _judged(gradient: tf.Tensor | tf.IndexedSlices | None) -> Report:
    """Norm and status. NaN fails every comparison, so it's looked for before sizes are compared."""
    if gradient is None:
        return {"norm": None, "status": "none"}
    # An embedding's gradient comes in slices; rows that occur twice have to be added before they're squared.
    values = tf.convert_to_tensor(gradient).numpy().astype("float64")  # float32 can't hold the squares of 1e-23 or 1e20
    norm = float(np.sqrt(np.square(values).sum()))
    if not np.isfinite(values).all():
        status = "nonfinite"
    elif norm == 0:
        status = "zero"
    elif norm < VANISHING:
        status = "vanishing"
    else:
        status = "exploding" if norm > EXPLODING else "ok"
    return {"norm": norm, "status": status}


def _labels(y: np.ndarray) -> np.ndarray:
    """Integer labels (N,) out of (N,), (N, 1) or one-hot (N, K)."""
    y = np.asarray(y)
    one_hot = y.ndim == 2 and y.shape[1] > 1
    return (y.argmax(axis=1) if one_hot else y.reshape(-1)).astype("int64")


def _out_of_range(labels: np.ndarray, num_classes: int) -> bool:
    return bool(((labels < 0) | (labels >= num_classes)).any())


def _constant_columns(features: np.ndarray, finite: np.ndarray) -> list[int]:
    lowest = np.where(finite, features, np.inf).min(axis=0)
    highest = np.where(finite, features, -np.inf).max(axis=0)
    return np.flatnonzero(lowest == highest).tolist()


def _rows_in_turn(labels: np.ndarray, n: int) -> np.ndarray:
    """Indices of n rows: the first of each class, then the second of each, and so on."""
    turn = np.empty(len(labels), "int64")
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        turn[members] = np.arange(len(members))
    return np.lexsort((labels, turn))[:n]


def _are_probabilities(outputs: np.ndarray) -> bool:
    """Whether *every* row is a distribution; a row of logits may look like one by chance."""
    return bool((outputs >= 0).all() and (np.abs(outputs.sum(axis=-1) - 1) <= ROW_SUM_TOLERANCE).all())
