"""The reference against NumPy. It needs Keras 2, which is chosen when TensorFlow is imported: a process of its own."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import numpy as np
import tensorflow as tf
from reference.inference_optimization import (
    FastPredictor, benchmark, distillation_loss, prune, quantize, run_tflite,
)

rng = np.random.default_rng(3)
tf.keras.utils.set_random_seed(3)
layers = tf.keras.layers
model = tf.keras.Sequential([tf.keras.Input((4,)), layers.Dense(300, "relu"), layers.Dense(4, "softmax")])
x = rng.normal(size=(90, 4)).astype("float32")
first, bias, second, last = model.get_weights()
logits = np.maximum(x @ first + bias, 0) @ second + last
by_hand = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def refused(function, *args):
    try:
        function(*args)
    except ValueError:
        return True
    return False
"""
PARTS = {
    "files_answer_like_the_model": """
for mode, bound in (("dynamic", 0.02), ("float16", 0.002), ("int8", 0.05)):
    file = quantize(model, mode, x)
    output = run_tflite(file, x)
    assert output.dtype == np.float32 and np.abs(output - by_hand).max() < bound, mode
    kinds = {np.dtype(one["dtype"]).name for one in tf.lite.Interpreter(model_content=file).get_tensor_details()}
    assert ("float32" in kinds) == (mode != "int8"), kinds
for arguments in (("int4", x), ("int8",), ("int8", x[:0])):
    assert refused(quantize, model, *arguments), arguments
""",
    "pruning_leaves_the_original": """
before = model.get_weights()
pruned = prune(model, x, by_hand.argmax(axis=1), final_sparsity=0.6, epochs=60)
for layer, whole in zip(pruned.layers, model.layers, strict=True):
    assert type(layer) is type(whole)
    assert abs(np.mean(layer.kernel.numpy() == 0) - 0.6) < 0.01
assert all((one == other).all() for one, other in zip(before, model.get_weights(), strict=True))
assert np.mean(pruned(x).numpy().argmax(axis=1) == by_hand.argmax(axis=1)) > 0.8
""",
    "batches_have_one_shape": """
fast, shapes = FastPredictor(model, batch_size=40), []
compiled = fast.compiled
fast.compiled = lambda rows: shapes.append(tuple(rows.shape)) or compiled(rows)
np.testing.assert_allclose(fast.predict(x), by_hand, rtol=1e-4, atol=1e-6)
assert fast.predict(x[:0]).shape == (0, 4) and shapes == [(40, 4)] * 3
assert compiled.experimental_get_tracing_count() == 1
""",
    "distillation_is_the_formula": """
student, teacher, labels = logits[:6], 3 * rng.normal(size=(6, 4)), rng.integers(0, 4, 6)


def log_softmax(z):
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def formula(z, T, alpha):
    log_p, log_q = log_softmax(teacher / T), log_softmax(z / T)
    soft = np.sum(np.exp(log_p) * (log_p - log_q), axis=1)
    return np.mean(-alpha * log_softmax(z)[np.arange(6), labels] + (1 - alpha) * T**2 * soft)


z, t = tf.constant(student.astype("float64")), tf.constant(teacher)
for T, alpha in ((1.0, 0.5), (3.0, 0.0), (2.0, 1.0)):
    with tf.GradientTape() as tape:
        tape.watch([z, t])
        loss = distillation_loss(labels, z, t, T, alpha)
    to_student, to_teacher = tape.gradient(loss, [z, t])
    np.testing.assert_allclose(loss, formula(student, T, alpha), rtol=1e-6)
    step = np.zeros_like(student, "float64")
    step[2, 1] = 1e-6
    slope = (formula(student + step, T, alpha) - formula(student - step, T, alpha)) / 2e-6
    np.testing.assert_allclose(to_student[2, 1], slope, rtol=1e-4, atol=1e-8)
    assert to_teacher is None
assert np.isfinite(distillation_loss(labels, 2000 * tf.sign(z), -2000 * tf.sign(t), 1.0, 0.5))
""",
    "the_warm_up_is_not_timed": """
now, durations = [0.0], iter([50.0, 40.0, 1.0, 2.0, 3.0, 10.0])


def act():
    now[0] += next(durations)


figures = benchmark(act, warmup=2, repeats=4, clock=lambda: now[0])
assert figures == {"mean": 4.0, "min": 1.0, "p50": 2.5, "p95": np.percentile([1, 2, 3, 10], 95), "calls": 4}
""",
}


@pytest.fixture(scope="module")
def outcomes():
    """What one process says of all parts: importing TensorFlow is the dearest of them."""
    tried = "".join(
        f"try:\n    exec({text!r})\n    print({name!r}, 'passed')\nexcept Exception:\n    traceback.print_exc()\n"
        for name, text in PARTS.items()
    )
    environment = os.environ | {
        "TF_USE_LEGACY_KERAS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-W", "ignore", "-c", "import traceback\n" + SCRIPT + tried]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)


@pytest.mark.parametrize("name", PARTS)
def test_the_reference(outcomes, name):
    assert f"{name} passed" in outcomes.stdout, outcomes.stderr[-3000:]
