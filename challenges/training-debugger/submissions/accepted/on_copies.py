# style: works on clones with optimizers made from configs, train_on_batch for steps, keras.losses.get plus model.losses for gradients, NumPy norms
import collections

import keras
import numpy as np
import tensorflow as tf


def _classes_of(y):
    y = np.asarray(y)
    if y.ndim > 1 and y.shape[-1] > 1:
        return [int(k) for k in np.argmax(y, axis=-1)]
    return [int(k) for k in np.ravel(y)]


def verify_data(x, y, num_classes=None):
    flat = np.reshape(x, (np.shape(x)[0], -1))
    good = np.ma.masked_invalid(np.array(flat, dtype="float64"))
    counts = collections.Counter(_classes_of(y))
    constant = [j for j in range(flat.shape[1]) if np.ptp(good[:, j].compressed()) == 0]
    low, high = float(good.min()), float(good.max())
    nans, infs = int(np.isnan(flat).sum()), int(np.isinf(flat).sum())
    issues = set()
    if len(x) != len(y):
        issues.add("length_mismatch")
    if nans:
        issues.add("nan")
    if infs:
        issues.add("inf")
    if constant:
        issues.add("constant_feature")
    if max(-low, high) > 10:
        issues.add("unscaled")
    if max(counts.values()) / min(counts.values()) > 10:
        issues.add("imbalance")
    if num_classes is not None:
        if min(counts) < 0 or max(counts) > num_classes - 1:
            issues.add("label_out_of_range")
        if any(k not in counts for k in range(num_classes)):
            issues.add("missing_class")
    return dict(
        x_shape=np.shape(x),
        x_dtype=np.asarray(x).dtype.name,
        x_min=low,
        x_max=high,
        nan_count=nans,
        inf_count=infs,
        constant_features=constant,
        class_counts=dict(counts),
        issues=sorted(issues),
    )


def _copy(model):
    """A clone with the same weights, compiled with the same loss and a new optimizer of the same settings."""
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    optimizer = model.optimizer.__class__.from_config(model.optimizer.get_config())
    twin.compile(optimizer=optimizer, loss=model.loss, jit_compile=False)
    return twin


def _status(gradient):
    if gradient is None:
        return {"norm": None, "status": "none"}
    array = np.asarray(tf.convert_to_tensor(gradient), dtype="float64")
    norm = float(np.linalg.norm(array))
    for status, fits in (
        ("nonfinite", not np.all(np.isfinite(array))),
        ("zero", norm == 0.0),
        ("vanishing", norm < 1e-7),
        ("exploding", norm > 1000),
    ):
        if fits:
            return {"norm": norm, "status": status}
    return {"norm": norm, "status": "ok"}


def check_gradients(model, x, y):
    twin = _copy(model)
    loss_fn = keras.losses.get(model.loss)
    if not isinstance(loss_fn, keras.losses.Loss):
        plain = loss_fn
        loss_fn = lambda t, p: tf.reduce_mean(plain(t, p))
    y = tf.convert_to_tensor(y)
    with tf.GradientTape() as tape:
        outputs = twin(tf.convert_to_tensor(x), training=True)
        if len(y.shape) < len(outputs.shape):
            y = y[..., tf.newaxis]
        loss = loss_fn(y, outputs) + sum(twin.losses)
    gradients = tape.gradient(loss, [v.value for v in twin.trainable_variables])
    return {v.path: _status(g) for v, g in zip(model.trainable_variables, gradients)}


def overfit_test(model, x, y, n=32, epochs=200, tol=0.1):
    labels = np.array(_classes_of(y))
    queues = [collections.deque(np.flatnonzero(labels == k)) for k in sorted(set(labels.tolist()))]
    rows = []
    while len(rows) < n and any(queues):
        for queue in queues:
            if queue and len(rows) < n:
                rows.append(queue.popleft())
    twin = _copy(model)
    few = np.asarray(x)[rows], np.asarray(y)[rows]
    first = float(twin.test_on_batch(*few))
    for _ in range(epochs):
        twin.train_on_batch(*few)
    twin.reset_metrics()
    final = float(twin.test_on_batch(*few))
    return {
        "passed": bool(final <= tol) and bool(final < first),
        "first_loss": first,
        "final_loss": final,
        "classes": sorted(set(labels[rows].tolist())),
    }


def find_lr(model, x, y, min_lr=1e-6, max_lr=1.0, steps=60, batch_size=32):
    twin = _copy(model)
    width = max(1, len(x) // batch_size)
    lrs, losses = [], []
    for rate in np.geomspace(min_lr, max_lr, steps):
        first = len(lrs) % width * batch_size
        twin.optimizer.learning_rate.assign(rate)
        twin.reset_metrics()
        loss = float(twin.train_on_batch(x[first : first + batch_size], y[first : first + batch_size]))
        lrs.append(float(rate))
        losses.append(loss)
        if not np.isfinite(loss) or loss > 4 * np.min(losses):
            break
    return {"lrs": lrs, "losses": losses, "suggested": suggest_lr(lrs, losses)}


def suggest_lr(lrs, losses, beta=0.9):
    average, best, lowest = 0.0, None, float("inf")
    for i, (rate, loss) in enumerate(zip(lrs, losses)):
        if not np.isfinite(loss):
            break
        average = beta * average + (1.0 - beta) * float(loss)
        corrected = average / (1.0 - beta ** (i + 1))
        if corrected < lowest:
            best, lowest = float(rate), corrected
    if best is None:
        raise ValueError("no finite loss to start with")
    return best / 10.0


class DebugCallback(keras.callbacks.Callback):
    def __init__(self, patience=3, min_delta=1e-4):
        super().__init__()
        self.patience, self.min_delta = patience, min_delta
        self.events = []

    def on_train_begin(self, logs=None):
        self.events = []
        self.best, self.bad_epochs, self.epoch, self.seen = float("inf"), 0, 0, False

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def check(self, loss, batch):
        if not np.isfinite(loss) and not self.seen:
            self.seen = True
            self.events.append(dict(kind="nonfinite", epoch=self.epoch, batch=batch))
            self.model.stop_training = True

    def on_train_batch_end(self, batch, logs=None):
        if logs and "loss" in logs:
            self.check(logs["loss"], batch)

    def on_epoch_end(self, epoch, logs=None):
        if not logs or "loss" not in logs:
            return
        self.check(logs["loss"], None)
        improved = logs["loss"] < self.best - self.min_delta
        self.best = logs["loss"] if improved else self.best
        self.bad_epochs = 0 if improved else self.bad_epochs + 1
        if self.bad_epochs >= self.patience:
            self.events.append(dict(kind="plateau", epoch=epoch, batch=None))
            self.bad_epochs = 0


def diagnose(model, x, y):
    found = []
    labels = np.array(_classes_of(y))
    broken_input = not np.all(np.isfinite(x))
    broken_labels = bool(np.any(labels < 0) or np.any(labels >= model.output_shape[-1]))
    rate = float(np.array(model.optimizer.learning_rate))
    if broken_input:
        found.append("nonfinite_input")
    if broken_labels:
        found.append("label_out_of_range")
    if rate < 1e-6 or rate > 0.5:
        found.append("learning_rate")
    if len(model.trainable_variables) == 0:
        found.append("nothing_trainable")
    if broken_input or broken_labels:
        return sorted(found)
    outputs = np.asarray(model(tf.convert_to_tensor(x), training=False), dtype="float64")
    simplex = bool(np.all(outputs >= 0) and np.allclose(outputs.sum(-1), 1.0, rtol=0, atol=1e-3))
    logits = not isinstance(model.loss, str) and model.loss.get_config().get("from_logits", False)
    if logits and simplex:
        found.append("double_softmax")
    if not logits and not simplex:
        found.append("missing_softmax")
    if any(entry["status"] in ("none", "zero") for entry in check_gradients(model, x, y).values()):
        found.append("no_gradient")
    return sorted(found)
