# caught by: benchmark, distillation, one_compilation, modes, run_tflite_values, prune_sparsity, prune_accuracy, int8_accuracy
# why: the question's answer behind the names of the contract: first hundred rows, a schedule of 1000 steps, a free batch, one timing
import time

import tensorflow as tf
import tensorflow_model_optimization as tfmot


def quantize(model, mode, representative_data=None):
    def representative_data_gen():
        for i in range(100):
            yield [representative_data[i : i + 1].astype("float32")]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative_data_gen
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.uint8
    converter.inference_output_type = tf.uint8
    return converter.convert()


def run_tflite(model_bytes, x):
    interpreter = tf.lite.Interpreter(model_content=model_bytes)
    entry = interpreter.get_input_details()[0]
    interpreter.resize_tensor_input(entry["index"], x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(entry["index"], x.astype("uint8"))
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def prune(model, x, y, final_sparsity=0.5, epochs=2, batch_size=32):
    schedule = tfmot.sparsity.keras.PolynomialDecay(
        initial_sparsity=0.0, final_sparsity=final_sparsity, begin_step=0, end_step=1000
    )
    pruned = tfmot.sparsity.keras.prune_low_magnitude(model, pruning_schedule=schedule)
    pruned.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    pruned.fit(x, y, epochs=epochs, batch_size=batch_size, verbose=0)
    return pruned


class FastPredictor:
    def __init__(self, model, batch_size=256):
        self.model = model
        self.batch_size = batch_size

        @tf.function(jit_compile=True)
        def compiled(x):
            return model(x)

        self.compiled = compiled

    def predict(self, x):
        predictions = []
        for i in range(0, len(x), self.batch_size):
            predictions.append(self.model.predict(x[i : i + self.batch_size], verbose=0))
        return np.concatenate(predictions)


def distillation_loss(y_true, student_logits, teacher_logits, temperature=2.0, alpha=0.5):
    hard = tf.keras.losses.sparse_categorical_crossentropy(y_true, student_logits)
    soft = tf.keras.losses.kl_divergence(teacher_logits, student_logits)
    return alpha * hard + (1 - alpha) * soft


def benchmark(fn, warmup=3, repeats=20, clock=time.perf_counter):
    start = time.time()
    for _ in range(repeats):
        fn()
    return {"mean": (time.time() - start) / repeats, "calls": repeats}
