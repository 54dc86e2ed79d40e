# caught by: benchmark
# why: times the first calls too
import math
import time

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot


def quantize(model, mode, representative_data=None):
    if mode not in ("dynamic", "float16", "int8"):
        raise ValueError(f"unknown mode {mode!r}")
    if mode == "int8" and (representative_data is None or len(representative_data) == 0):
        raise ValueError("int8 needs rows to calibrate with")
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if mode == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if mode == "int8":
        rows = representative_data

        def calibration():
            for i in range(len(rows)):
                yield [rows[i : i + 1]]

        converter.representative_dataset = calibration
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.uint8
        converter.inference_output_type = tf.uint8
    return converter.convert()


def run_tflite(model_bytes, x):
    interpreter = tf.lite.Interpreter(model_content=model_bytes)
    entry = interpreter.get_input_details()[0]
    end = interpreter.get_output_details()[0]
    x = np.asarray(x, "float32")
    if entry["dtype"] != np.float32:
        scale, zero = entry["quantization"]
        limits = np.iinfo(entry["dtype"])
        x = np.clip(np.round(x / scale) + zero, limits.min, limits.max).astype(entry["dtype"])
    interpreter.resize_tensor_input(entry["index"], x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(entry["index"], x)
    interpreter.invoke()
    y = interpreter.get_tensor(end["index"]).astype("float32")
    if end["dtype"] != np.float32:
        scale, zero = end["quantization"]
        y = ((y - zero) * scale).astype("float32")
    return y


def prune(model, x, y, final_sparsity=0.5, epochs=2, batch_size=32):
    copy = tf.keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    steps = epochs * math.ceil(len(x) / batch_size)
    schedule = tfmot.sparsity.keras.PolynomialDecay(0.0, final_sparsity, 0, max(1, steps // 2), frequency=1)
    pruned = tfmot.sparsity.keras.prune_low_magnitude(copy, pruning_schedule=schedule)
    pruned.compile("adam", "sparse_categorical_crossentropy")
    update = tfmot.sparsity.keras.UpdatePruningStep()
    pruned.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0, callbacks=[update])
    return tfmot.sparsity.keras.strip_pruning(pruned)


class FastPredictor:
    def __init__(self, model, batch_size=256):
        self.model = model
        self.batch_size = batch_size
        spec = tf.TensorSpec((batch_size,) + tuple(model.input_shape[1:]), tf.float32)
        self.compiled = tf.function(lambda x: model(x, training=False), input_signature=[spec], jit_compile=True)

    def predict(self, x):
        x = np.asarray(x, "float32")
        parts = [np.zeros((0,) + tuple(self.model.output_shape[1:]), "float32")]
        for start in range(0, len(x), self.batch_size):
            batch = x[start : start + self.batch_size]
            missing = self.batch_size - len(batch)
            padded = np.pad(batch, [(0, missing)] + [(0, 0)] * (x.ndim - 1))
            parts.append(self.compiled(tf.constant(padded)).numpy()[: len(batch)])
        return np.concatenate(parts)


def distillation_loss(y_true, student_logits, teacher_logits, temperature=2.0, alpha=0.5):
    teacher_logits = tf.stop_gradient(teacher_logits)
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.cast(y_true, tf.int32), logits=student_logits)
    log_t = tf.nn.log_softmax(teacher_logits / temperature)
    log_s = tf.nn.log_softmax(student_logits / temperature)
    soft = tf.reduce_sum(tf.exp(log_t) * (log_t - log_s), axis=-1)
    return tf.reduce_mean(alpha * hard + (1 - alpha) * temperature**2 * soft)


def benchmark(fn, warmup=3, repeats=20, clock=time.perf_counter):
    times = []
    for _ in range(warmup + repeats):
        start = clock()
        fn()
        times.append(clock() - start)
    return {
        "mean": float(np.mean(times)),
        "min": float(min(times)),
        "p50": float(np.percentile(times, 50)),
        "p95": float(np.percentile(times, 95)),
        "calls": repeats,
    }
