# caught by: data_report, data_issues, gradient_status, gradient_of_the_real_loss, gradients_leave_no_trace, overfit_verdicts, overfit_leaves_no_trace, lr_range, suggest_lr, callback_scripted, stops_at_the_bad_batch, diagnosis
# why: the usual checklist, returned instead of printed
import keras
import numpy as np
import tensorflow as tf


def verify_data(x, y, num_classes=None):
    counts = np.bincount(y.flatten().astype(int))
    report = {
        "x_shape": x.shape,
        "x_dtype": str(x.dtype),
        "x_min": float(x.min()),
        "x_max": float(x.max()),
        "nan_count": int(np.isnan(x).sum()),
        "inf_count": 0,
        "constant_features": [],
        "class_counts": {label: int(count) for label, count in enumerate(counts) if count},
    }
    return report | {"issues": ["nan"] if report["nan_count"] else []}


def check_gradients(model, x, y):
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = tf.reduce_mean(tf.keras.losses.sparse_categorical_crossentropy(y, predictions))
    report = {}
    for variable, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        if gradient is None:
            report[variable.path] = {"norm": None, "status": "none"}
            continue
        norm = tf.norm(gradient).numpy()
        if norm < 1e-7:
            status = "vanishing"
        elif norm > 1000:
            status = "exploding"
        else:
            status = "ok"
        report[variable.path] = {"norm": float(norm), "status": status}
    return report


def overfit_test(model, x, y, n=32, epochs=200, tol=0.1):
    small_x, small_y = x[:n], y[:n]
    history = model.fit(small_x, small_y, epochs=epochs, verbose=0)
    final = history.history["loss"][-1]
    return {
        "passed": not final > tol,
        "first_loss": history.history["loss"][0],
        "final_loss": final,
        "classes": np.unique(small_y).tolist(),
    }


def find_lr(model, x, y, min_lr=1e-6, max_lr=1.0, steps=60, batch_size=32):
    scheduler = tf.keras.callbacks.LearningRateScheduler(lambda epoch: min_lr * (max_lr / min_lr) ** (epoch / steps))
    history = model.fit(x, y, epochs=steps, batch_size=batch_size, callbacks=[scheduler], verbose=0)
    lrs = [min_lr * (max_lr / min_lr) ** (i / steps) for i in range(steps)]
    losses = history.history["loss"]
    return {"lrs": lrs, "losses": losses, "suggested": suggest_lr(lrs, losses)}


def suggest_lr(lrs, losses, beta=0.9):
    return lrs[np.argmin(losses)] / 10


class DebugCallback(keras.callbacks.Callback):
    def __init__(self, patience=3, min_delta=1e-4):
        super().__init__()
        self.events = []

    def on_epoch_end(self, epoch, logs=None):
        if np.isnan(logs.get("loss", 0)):
            self.events.append({"kind": "nonfinite", "epoch": epoch, "batch": None})
            self.model.stop_training = True
        if epoch > 0 and hasattr(self, "prev_loss") and abs(logs["loss"] - self.prev_loss) < 1e-7:
            self.events.append({"kind": "plateau", "epoch": epoch, "batch": None})
        self.prev_loss = logs["loss"]


def diagnose(model, x, y):
    found = []
    if np.isnan(x).any():
        found.append("nonfinite_input")
    statuses = {entry["status"] for entry in check_gradients(model, x, y).values()}
    return found + (["no_gradient"] if statuses & {"none", "vanishing"} else [])
