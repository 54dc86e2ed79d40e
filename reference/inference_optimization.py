"""Ways to make a trained model smaller and faster, and a way to measure it.

`tf.keras` is Keras 2 here: tensorflow-model-optimization wraps layers of that library only.

Affine quantization stores a real number r as the integer q of r = scale * (q - zero_point). Scale and zero point of
activations come from the range that calibration has seen, so every representative row counts: a value outside the range
saturates, and a range too wide wastes steps. (Jacob et al.: Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference. CVPR 2018, https://arxiv.org/abs/1712.05877)

Pruning: Zhu and Gupta: To prune, or not to prune. 2017, https://arxiv.org/abs/1710.01878
Distillation: Hinton, Vinyals and Dean: Distilling the Knowledge in a Neural Network. 2015,
https://arxiv.org/abs/1503.02531
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot

MODES = ("dynamic", "float16", "int8")


def quantize(model: Any, mode: str, representative_data: np.ndarray | None = None) -> bytes:
    """Return the model as a TFLite file.

    Args:
        model: a built Keras model with one float32 input and one output.
        mode: "dynamic" (int8 weights), "float16" (float16 weights), both with float32 input and output, or "int8":
            integers throughout, uint8 input and output.
        representative_data: (R, ...) float32 rows as the model's input is scaled; "int8" calibrates with all of them.

    Raises:
        ValueError: another mode, or "int8" without rows.
    """
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(MODES)}. Received: {mode!r}")
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if mode == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if mode == "int8":
        if representative_data is None or len(representative_data) == 0:
            raise ValueError("int8 needs representative_data with at least one row. Received none.")
        rows = np.asarray(representative_data, np.float32)
        converter.representative_dataset = lambda: ([rows[i : i + 1]] for i in range(len(rows)))
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.uint8
    return bytes(converter.convert())


def _to_integers(x: np.ndarray, detail: dict[str, Any]) -> np.ndarray:
    """Round to the nearest integer of the tensor and saturate at the limits of its type: a cast alone wraps around."""
    scale, zero_point = detail["quantization"]
    limits = np.iinfo(detail["dtype"])
    return np.clip(np.round(x / scale) + zero_point, limits.min, limits.max).astype(detail["dtype"])


def run_tflite(model_bytes: bytes, x: Any) -> np.ndarray:
    """Run a file of one input and one output on real numbers (N, ...), N >= 1. Returns float32 (N, ...).

    Integer inputs are quantized and integer outputs dequantized with the scale and zero point of their tensors; a float
    tensor has none (it says (0.0, 0)).
    """
    interpreter = tf.lite.Interpreter(model_content=model_bytes)
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    rows = np.asarray(x, np.float32)
    if np.issubdtype(source["dtype"], np.integer):
        rows = _to_integers(rows, source)
    interpreter.resize_tensor_input(source["index"], rows.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(source["index"], rows)
    interpreter.invoke()
    output = np.array(interpreter.get_tensor(target["index"]), np.float32)
    if np.issubdtype(target["dtype"], np.integer):
        scale, zero_point = target["quantization"]
        output = np.float32(scale) * (output - np.float32(zero_point))
    return output


def prune(
    model: Any, x: np.ndarray, y: np.ndarray, final_sparsity: float = 0.5, epochs: int = 2, batch_size: int = 32
) -> Any:
    """Return a plain, fine-tuned copy of a classifier in which each kernel has `final_sparsity` zeros.

    Sparsity rises along s(t) = final * (1 - (1 - t / T)**3) and is reached at half of the training, so that the other
    half makes up for what was cut. T follows from the number of steps: with a schedule longer than the training the
    target is never reached, and with the library's default frequency of 100 a short training is never pruned at all.

    The copy matters: the library wraps the very layers that it is given and would train and cut the caller's model.

    Args:
        model: ends in softmax; stays as it is.
        x: (N, ...) float32. y: (N,) integer classes.
        final_sparsity: share of zeros. epochs, batch_size: of the training.
    """
    copy = tf.keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    steps = epochs * math.ceil(len(x) / batch_size)
    tools = tfmot.sparsity.keras
    schedule = tools.PolynomialDecay(0.0, final_sparsity, begin_step=0, end_step=max(1, steps // 2), frequency=1)
    pruned = tools.prune_low_magnitude(copy, pruning_schedule=schedule)
    pruned.compile("adam", "sparse_categorical_crossentropy")
    callbacks = [tools.UpdatePruningStep()]
    pruned.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0, callbacks=callbacks)
    return tools.strip_pruning(pruned)


class FastPredictor:
    """Inference through one XLA program.

    XLA compiles for fixed shapes, so each new number of rows would cost a compilation. Rows are fed in batches of one
    size instead; the last one is padded, and what the padding gives is thrown away.

    Attributes:
        compiled: the `tf.function`, float32 (batch_size, ...) -> (batch_size, ...), in inference mode.
    """

    def __init__(self, model: Any, batch_size: int = 256) -> None:
        self.batch_size = batch_size
        self._row_shape = tuple(model.input_shape[1:])
        self._output_shape = tuple(model.output_shape[1:])
        spec = tf.TensorSpec((batch_size, *self._row_shape), tf.float32)
        self.compiled = tf.function(lambda rows: model(rows, training=False), input_signature=[spec], jit_compile=True)

    def predict(self, x: Any) -> np.ndarray:
        """Return float32 (N, ...) for rows (N, ...), in ceil(N / batch_size) runs of the model; none for N = 0."""
        rows = np.asarray(x, np.float32)
        outputs = np.empty((len(rows), *self._output_shape), np.float32)
        for start in range(0, len(rows), self.batch_size):
            batch = rows[start : start + self.batch_size]
            padded = np.zeros((self.batch_size, *self._row_shape), np.float32)
            padded[: len(batch)] = batch
            outputs[start : start + len(batch)] = self.compiled(tf.constant(padded))[: len(batch)]
        return outputs


def distillation_loss(
    y_true: Any, student_logits: Any, teacher_logits: Any, temperature: float = 2.0, alpha: float = 0.5
) -> tf.Tensor:
    """Return the mean over rows of

        alpha * CE(y_true, student) + (1 - alpha) * T**2 * KL(softmax(teacher / T) || softmax(student / T))

    Gradients of the second term shrink with 1 / T**2, which the factor takes back, so that alpha means the same at
    every temperature. Both distributions stay in log space: log(softmax(x)) is -inf where the softmax underflows. The
    teacher gets no gradient.

    Args:
        y_true: (N,) integer classes.
        student_logits: (N, C). teacher_logits: (N, C).
        temperature: T > 0. alpha: weight of the labels, 0 to 1.
    """
    student = tf.convert_to_tensor(student_logits)
    teacher = tf.stop_gradient(tf.cast(teacher_logits, student.dtype))
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.cast(y_true, tf.int64), logits=student)
    log_teacher = tf.nn.log_softmax(teacher / temperature)
    log_student = tf.nn.log_softmax(student / temperature)
    soft = tf.reduce_sum(tf.exp(log_teacher) * (log_teacher - log_student), axis=-1)
    return tf.reduce_mean(alpha * hard + (1 - alpha) * temperature**2 * soft)


def benchmark(
    fn: Callable[[], Any], warmup: int = 3, repeats: int = 20, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Time `repeats` calls after `warmup` untimed ones, which pay for tracing, compiling and cold caches.

    Returns seconds: `mean`, `min`, the percentiles `p50` and `p95` (interpolated linearly), and `calls`, the number of
    timed calls. `fn` has to wait for its result by itself: what runs asynchronously is not measured.
    """
    for _ in range(warmup):
        fn()
    seconds = []
    for _ in range(repeats):
        start = clock()
        fn()
        seconds.append(clock() - start)
    p50, p95 = np.percentile(seconds, [50, 95])
    return {
        "mean": float(np.mean(seconds)),
        "min": float(np.min(seconds)),
        "p50": float(p50),
        "p95": float(p95),
        "calls": repeats,
    }
