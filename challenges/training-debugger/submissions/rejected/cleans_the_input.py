# caught by: data_report
# why: replaces NaN in the caller's array
import contextlib

import keras
import numpy as np
import tensorflow as tf


def to_labels(y):
    y = np.asarray(y)
    if y.ndim == 2 and y.shape[1] > 1:
        return y.argmax(1)
    return y.reshape(-1).astype(int)


def verify_data(x, y, num_classes=None):
    columns = x.reshape(len(x), -1)
    kept = columns.copy()
    x[~np.isfinite(x)] = 0
    columns = kept
    finite = columns[np.isfinite(columns)]
    labels, counts = np.unique(to_labels(y), return_counts=True)
    constant = []
    for index in range(columns.shape[1]):
        column = columns[:, index]
        if len(np.unique(column[np.isfinite(column)])) == 1:
            constant.append(index)
    nan_count = int(np.isnan(columns).sum())
    inf_count = int(np.isinf(columns).sum())
    issues = []
    if len(x) != len(y):
        issues.append("length_mismatch")
    if nan_count:
        issues.append("nan")
    if inf_count:
        issues.append("inf")
    if constant:
        issues.append("constant_feature")
    if np.abs(finite).max() > 10:
        issues.append("unscaled")
    if counts.max() > 10 * counts.min():
        issues.append("imbalance")
    if num_classes is not None:
        if labels.min() < 0 or labels.max() >= num_classes:
            issues.append("label_out_of_range")
        if len(np.setdiff1d(np.arange(num_classes), labels)):
            issues.append("missing_class")
    return {
        "x_shape": tuple(x.shape),
        "x_dtype": str(x.dtype),
        "x_min": float(finite.min()),
        "x_max": float(finite.max()),
        "nan_count": nan_count,
        "inf_count": inf_count,
        "constant_features": constant,
        "class_counts": {int(label): int(count) for label, count in zip(labels, counts)},
        "issues": sorted(issues),
    }


@contextlib.contextmanager
def restored(model):
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    everything = model.variables + model.optimizer.variables
    saved = [variable.numpy() for variable in everything]
    stop = model.stop_training
    try:
        yield
    finally:
        for variable, value in zip(everything, saved):
            variable.assign(value)
        model.stop_training = stop


def real_loss(model, x, y, training):
    return model.compute_loss(x, y, model(x, training=training), training=training)


def check_gradients(model, x, y):
    with restored(model):
        with tf.GradientTape() as tape:
            loss = real_loss(model, x, y, True)
        gradients = tape.gradient(loss, [v.value for v in model.trainable_variables])
    report = {}
    for variable, gradient in zip(model.trainable_variables, gradients):
        norm = None
        if gradient is not None:
            norm = float(tf.norm(tf.cast(tf.convert_to_tensor(gradient), tf.float64)))
        if norm is None:
            status = "none"
        elif not np.isfinite(norm):
            status = "nonfinite"
        elif norm == 0:
            status = "zero"
        elif norm < 1e-7:
            status = "vanishing"
        elif norm > 1000:
            status = "exploding"
        else:
            status = "ok"
        report[variable.path] = {"norm": norm, "status": status}
    return report


def choose_rows(labels, n):
    members = [list(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    rows = []
    for turn in range(max(map(len, members))):
        rows += [m[turn] for m in members if turn < len(m)]
    return rows[:n]


def make_step(model):
    optimizer = model.optimizer

    @tf.function(reduce_retracing=True)
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = real_loss(model, x, y, True)
        gradients = tape.gradient(loss, [v.value for v in model.trainable_variables])
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    return step


def overfit_test(model, x, y, n=32, epochs=200, tol=0.1):
    rows = choose_rows(to_labels(y), n)
    few_x, few_y = x[rows], y[rows]
    with restored(model):
        step = make_step(model)
        first = float(real_loss(model, few_x, few_y, False))
        for _ in range(epochs):
            step(few_x, few_y)
        final = float(real_loss(model, few_x, few_y, False))
    passed = bool(np.isfinite(final) and final <= tol and final < first)
    classes = [int(label) for label in np.unique(to_labels(y)[rows])]
    return {"passed": passed, "first_loss": first, "final_loss": final, "classes": classes}


def find_lr(model, x, y, min_lr=1e-6, max_lr=1.0, steps=60, batch_size=32):
    count = max(1, len(x) // batch_size)
    lrs, losses = [], []
    with restored(model):
        step = make_step(model)
        for i in range(steps):
            lr = min_lr * (max_lr / min_lr) ** (i / (steps - 1))
            model.optimizer.learning_rate.assign(lr)
            start = (i % count) * batch_size
            loss = float(step(x[start : start + batch_size], y[start : start + batch_size]))
            lrs.append(lr)
            losses.append(loss)
            if not np.isfinite(loss) or loss > 4 * min(losses):
                break
    return {"lrs": lrs, "losses": losses, "suggested": suggest_lr(lrs, losses)}


def suggest_lr(lrs, losses, beta=0.9):
    losses = np.asarray(losses, dtype=float)
    bad = np.flatnonzero(~np.isfinite(losses))
    if len(bad):
        losses = losses[: bad[0]]
    if len(losses) == 0:
        raise ValueError("there is no finite loss to start with")
    s, smooth = 0.0, []
    for i, loss in enumerate(losses):
        s = beta * s + (1 - beta) * loss
        smooth.append(s / (1 - beta ** (i + 1)))
    return float(lrs[np.argmin(smooth)]) / 10


class DebugCallback(keras.callbacks.Callback):
    def __init__(self, patience=3, min_delta=1e-4):
        super().__init__()
        self.patience = patience
        self.min_delta = min_delta
        self.reset()

    def reset(self):
        self.events = []
        self.best = np.inf
        self.wait = 0
        self.epoch = 0
        self.stopped = False

    def on_train_begin(self, logs=None):
        self.reset()

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def check(self, loss, batch):
        if self.stopped or np.isfinite(loss):
            return
        self.stopped = True
        self.events.append({"kind": "nonfinite", "epoch": self.epoch, "batch": batch})
        self.model.stop_training = True

    def on_train_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is not None:
            self.check(loss, batch)

    def on_epoch_end(self, epoch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is None:
            return
        self.check(loss, None)
        if loss < self.best - self.min_delta:
            self.best = loss
            self.wait = 0
        else:
            self.wait += 1
            if self.wait == self.patience:
                self.events.append({"kind": "plateau", "epoch": epoch, "batch": None})
                self.wait = 0


def diagnose(model, x, y):
    codes = []
    labels = to_labels(y)
    if not np.isfinite(x).all():
        codes.append("nonfinite_input")
    if labels.min() < 0 or labels.max() >= model.output_shape[-1]:
        codes.append("label_out_of_range")
    outputs_count = len(codes)
    lr = float(model.optimizer.learning_rate.numpy())
    if lr < 1e-6 or lr > 0.5:
        codes.append("learning_rate")
    if not model.trainable_variables:
        codes.append("nothing_trainable")
    if outputs_count == 0:
        outputs = model(x, training=False).numpy()
        probabilities = bool((outputs >= 0).all() and (abs(outputs.sum(axis=1) - 1) < 1e-3).all())
        from_logits = getattr(model.loss, "from_logits", False)
        if from_logits and probabilities:
            codes.append("double_softmax")
        if not from_logits and not probabilities:
            codes.append("missing_softmax")
        statuses = [entry["status"] for entry in check_gradients(model, x, y).values()]
        if "none" in statuses or "zero" in statuses:
            codes.append("no_gradient")
    return sorted(codes)
