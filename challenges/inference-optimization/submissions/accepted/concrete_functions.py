# style: concrete functions with a tf.data set, constant sparsity, rows one by one, split padding, KL as cross-entropy minus entropy
import math
import time

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot


def quantize(model, mode, representative_data=None):
    if mode not in ("dynamic", "float16", "int8"):
        raise ValueError("mode")
    if mode == "int8" and (representative_data is None or not len(representative_data)):
        raise ValueError("representative_data")
    spec = tf.TensorSpec((None,) + tuple(model.input_shape[1:]), tf.float32)
    graph = tf.function(lambda x: model(x, training=False), input_signature=[spec]).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([graph], model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if mode == "float16":
        converter.target_spec.supported_types = [tf.float16]
    elif mode == "int8":
        rows = tf.data.Dataset.from_tensor_slices(representative_data).batch(1)
        converter.representative_dataset = lambda: ([row] for row in rows)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.uint8
    return converter.convert()


def run_tflite(model_bytes, x):
    interpreter = tf.lite.Interpreter(model_content=model_bytes)
    interpreter.allocate_tensors()
    entry, end = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    rows = []
    for row in np.asarray(x, "float32"):
        row = row[None]
        if np.dtype(entry["dtype"]).kind in "iu":
            (scale, zero), limits = entry["quantization"], np.iinfo(entry["dtype"])
            row = np.rint(row / scale + zero).clip(limits.min, limits.max).astype(entry["dtype"])
        interpreter.set_tensor(entry["index"], row)
        interpreter.invoke()
        rows.append(interpreter.get_tensor(end["index"])[0])
    result = np.stack(rows)
    if np.dtype(end["dtype"]).kind in "iu":
        scale, zero = end["quantization"]
        result = scale * (result.astype("int32") - zero)
    return result.astype("float32")


def prune(model, x, y, final_sparsity=0.5, epochs=2, batch_size=32):
    copy = tf.keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    schedule = tfmot.sparsity.keras.ConstantSparsity(final_sparsity, 0, frequency=2)
    pruned = tfmot.sparsity.keras.prune_low_magnitude(copy, pruning_schedule=schedule)
    pruned.compile("adam", "sparse_categorical_crossentropy")
    update = tfmot.sparsity.keras.UpdatePruningStep()
    pruned.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0, callbacks=[update])
    return tfmot.sparsity.keras.strip_pruning(pruned)


class FastPredictor:
    def __init__(self, model, batch_size=256):
        self.batch_size = batch_size
        self.columns = tuple(model.output_shape[1:])

        @tf.function(jit_compile=True, input_signature=[tf.TensorSpec([batch_size, *model.input_shape[1:]])])
        def compiled(rows):
            return model(rows, training=False)

        self.compiled = compiled

    def predict(self, x):
        count = len(x)
        if not count:
            return np.zeros((0, *self.columns), "float32")
        batches = -(-count // self.batch_size)
        x = tf.cast(x, tf.float32)
        x = tf.concat([x, tf.repeat(x[-1:], batches * self.batch_size - count, axis=0)], 0)
        return np.concatenate([self.compiled(part).numpy() for part in tf.split(x, batches)])[:count]


def distillation_loss(y_true, student_logits, teacher_logits, temperature=2.0, alpha=0.5):
    soft_labels = tf.stop_gradient(tf.nn.softmax(teacher_logits / temperature))
    cross = tf.nn.softmax_cross_entropy_with_logits(soft_labels, student_logits / temperature)
    entropy = tf.nn.softmax_cross_entropy_with_logits(soft_labels, tf.stop_gradient(teacher_logits) / temperature)
    hard = tf.keras.losses.sparse_categorical_crossentropy(y_true, student_logits, from_logits=True)
    return alpha * tf.reduce_mean(hard) + (1 - alpha) * temperature**2 * tf.reduce_mean(cross - entropy)


def benchmark(fn, warmup=3, repeats=20, clock=time.perf_counter):
    for _ in range(warmup):
        fn()
    times = []
    for _ in range(repeats):
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
