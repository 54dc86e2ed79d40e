"""What is looked at: quantized files, pruned weights, and how often a compiled model runs.

The quantized files are handed over; replays.py opens them where the solution does not exist.
"""

import numpy as np
import tensorflow as tf

from grader.probing import artifact, f32, probe, python_runs, raised, scratch

layers = tf.keras.layers
BATCH = 16


def digit_classifier(weights):
    """The trained network whose weights data/secret holds."""
    model = tf.keras.Sequential(
        [
            tf.keras.Input((8, 8, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Conv2D(24, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(48, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.set_weights(weights)
    return model


def untrained(rng):
    """A smaller network of the same kind."""
    inputs = tf.keras.Input((8, 8, 1))
    hidden = layers.Conv2D(6, 3, activation="relu")(inputs)
    hidden = layers.Dense(24, activation="relu")(layers.Flatten()(hidden))
    model = tf.keras.Model(inputs, layers.Dense(10, activation="softmax")(hidden))
    model.set_weights([0.2 * f32(rng, *weight.shape) for weight in model.get_weights()])
    return model


def hand_over(name, content):
    """Give a file to the replay half, which looks into it."""
    path = scratch() / f"{name}.tflite"
    path.write_bytes(content)
    artifact(path)


@probe("int8_integers_only")
def int8_integers_only(solution, rng):
    """The widest values stand in two rows only, next to each other."""
    rows = rng.uniform(0, rng.uniform(2, 6), (120, 8, 8, 1)).astype("float32")
    place = int(rng.integers(20, 119))
    rows[place, 3, 4], rows[place + 1, 5, 2] = 12, -12
    content = solution.quantize(untrained(rng), "int8", rows)
    hand_over("integers", content)
    return {"kind": type(content).__name__}


@probe("int8_accuracy")
def int8_accuracy(solution, rng, digits, weights):
    """Two fifths of the calibration data are far too dark."""
    content = solution.quantize(digit_classifier(weights), "int8", digits["representative"])
    hand_over("digits", content)
    return {"kind": type(content).__name__}


@probe("modes")
def modes(solution, rng, weights):
    """The two modes without calibration, and calls that can't be answered."""
    model = digit_classifier(weights)
    for mode in ("dynamic", "float16"):
        hand_over(mode, solution.quantize(model, mode))
    return {
        "another mode": raised(solution.quantize, model, "int4", f32(rng, 4, 8, 8, 1)),
        "no data": raised(solution.quantize, model, "int8"),
        "no rows": raised(solution.quantize, model, "int8", np.zeros((0, 8, 8, 1), "float32")),
    }


def reordering(rng, kind):
    """A file that puts six numbers into another order, with its input and output in integers of one kind."""
    order = rng.permutation(6)
    model = tf.keras.Sequential([tf.keras.Input((6,)), layers.Dense(6, use_bias=False)])
    model.set_weights([np.eye(6, dtype="float32")[:, order]])
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind != "float32":
        rows = rng.uniform(-4, 4, (60, 6)).astype("float32")
        rows[0], rows[1] = 4, -4
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([row[None]] for row in rows)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.as_dtype(kind)
    return order, converter.convert()


def ends(kind, content):
    """The output's step, and the least and largest number that the input can hold."""
    if kind == "float32":
        return {"step": 0.0, "low": -np.inf, "high": np.inf}
    interpreter = tf.lite.Interpreter(model_content=content)
    scale, zero = interpreter.get_input_details()[0]["quantization"]
    limits = np.iinfo(kind)
    step = interpreter.get_output_details()[0]["quantization"][0]
    return {"step": step, "low": (limits.min - zero) * scale, "high": (limits.max - zero) * scale}


@probe("run_tflite_values")
def run_tflite_values(solution, rng):
    """Many rows, one row, and rows far outside the range that the file was calibrated for."""
    seen = {}
    for kind in ("uint8", "int8", "float32"):
        order, content = reordering(rng, kind)
        rows = {
            name: rng.uniform(-3.9, 3.9, (count, 6)).astype("float32") for name, count in (("many", 40), ("one", 1))
        }
        rows["outside"] = (9 * rng.choice([-1, 1], (4, 6))).astype("float32")
        seen[kind] = {
            "outputs": {name: solution.run_tflite(content, x) for name, x in rows.items()},
            "expected": {name: x[:, order] for name, x in rows.items()},
            **ends(kind, content),
        }
    return seen


def kernels(model):
    """The kernels of a plain model; a wrapped layer has none."""
    return [layer.kernel.numpy() for layer in model.layers if hasattr(layer, "kernel")]


@probe("prune_sparsity")
def prune_sparsity(solution, rng):
    """Two hundred rows of noise: fourteen steps."""
    model, sparsity = untrained(rng), float(rng.choice([0.4, 0.6, 0.7]))
    pruned = solution.prune(model, f32(rng, 200, 8, 8, 1), rng.integers(0, 10, 200), final_sparsity=sparsity)
    return {
        "sparsity": sparsity,
        "another": pruned is not model,
        "layers": [type(layer).__name__ for layer in pruned.layers],
        "parameters": int(pruned.count_params()),
        "kernels": kernels(pruned),
        "original": model.get_weights(),
        "output": pruned(f32(rng, 5, 8, 8, 1)),
    }


@probe("prune_accuracy")
def prune_accuracy(solution, rng, digits, weights):
    """A trained network, and enough digits to keep it so."""
    model = digit_classifier(weights)
    pruned = solution.prune(model, digits["x"], digits["y"], final_sparsity=0.8, epochs=4)
    return {"kernels": kernels(pruned), "predictions": np.argmax(pruned(digits["test"]), axis=-1)}


class Passing(layers.Layer):
    """Hands its input on; probes ask how often Python ran it."""

    def call(self, inputs):
        return tf.identity(inputs)


class Counting(layers.Layer):
    """Counts in a weight how often the model was run."""

    def build(self, shape):
        self.count = self.add_weight("count", (), initializer="zeros", trainable=False)

    def call(self, inputs):
        self.count.assign_add(1.0)
        return tf.identity(inputs)


def small(rng, watched):
    """Five features to three outputs, with layers that training and inference treat differently."""
    model = tf.keras.Sequential(
        [
            tf.keras.Input((5,)),
            layers.Dense(8, activation="relu"),
            layers.BatchNormalization(name="scaled"),
            watched,
            layers.Dropout(0.5),
            layers.Dense(3),
        ]
    )
    scaled = model.get_layer("scaled")
    scaled.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in scaled.get_weights()])
    return model


@probe("one_compilation")
def one_compilation(solution, rng):
    """Six numbers of rows; then what passes through `compiled`, and what XLA makes of it."""
    watched, shapes = Passing(), []
    model = small(rng, watched)
    with python_runs(watched) as runs:
        predictor = solution.FastPredictor(model, batch_size=BATCH)
        outputs = [predictor.predict(f32(rng, count, 5)) for count in (16, 40, 1, 5, 64, 17)]
    compiled = predictor.compiled

    def recording(batch):
        shapes.append([int(size) for size in batch.shape])
        return compiled(batch)

    predictor.compiled = recording
    recorded = predictor.predict(f32(rng, 40, 5))
    program = compiled.experimental_get_compiler_ir(tf.TensorSpec((BATCH, 5), tf.float32))(stage="hlo")
    return {
        "outputs": outputs,
        "recorded": recorded,
        "shapes": shapes,
        "traces": runs.count,
        "a tf.function": isinstance(compiled, type(tf.function(len))),
        "compiled for the batch": f"f32[{BATCH},5]" in str(program),
    }


@probe("batches_counted")
def batches_counted(solution, rng):
    """How often the model runs for no rows, for exact multiples and for one row more."""
    counting = Counting()
    model, seen = small(rng, counting), {}
    for batch, counts in {16: (0, 40), 64: (64, 65), 32: (3,)}.items():
        predictor = solution.FastPredictor(model, batch_size=batch)
        for rows in counts:
            before = float(counting.count.numpy())
            output = predictor.predict(f32(rng, rows, 5))
            seen[f"{rows} rows by {batch}"] = {"output": output, "runs": float(counting.count.numpy()) - before}
    return seen


def loss_and_gradients(solution, labels, student, teacher, temperature, alpha):
    """The loss, and what it tells the student and the teacher."""
    student, teacher = tf.constant(student), tf.constant(teacher)
    with tf.GradientTape() as tape:
        tape.watch([student, teacher])
        loss = solution.distillation_loss(labels, student, teacher, temperature=temperature, alpha=alpha)
    to_student, to_teacher = tape.gradient(loss, [student, teacher], unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return {"loss": loss, "student": to_student, "teacher": to_teacher}


@probe("distillation")
def distillation(solution, rng):
    """Several temperatures and weights, then logits two hundred times as large."""
    labels, student, teacher = rng.integers(0, 4, 7), 2 * f32(rng, 7, 4), 2 * f32(rng, 7, 4)
    settings = [(1.0, 0.3), (4.0, 0.1), (4.0, 0.0), (2.5, 1.0)]
    seen = [loss_and_gradients(solution, labels, student, teacher, *setting) for setting in settings]
    large = np.clip(200 * student, -2000, 2000), np.clip(200 * teacher, -2000, 2000)
    return {"usual": seen, "large": [loss_and_gradients(solution, labels, *large, *setting) for setting in settings]}


class Stage:
    """A clock and a function that share an invented time: the function takes as long as is written for it."""

    def __init__(self, durations):
        self.now, self.calls, self.durations = 100.0, 0, durations

    def clock(self):
        return self.now

    def act(self):
        self.now += self.durations[self.calls]
        self.calls += 1


@probe("benchmark")
def benchmark(solution, rng):
    """Slow first calls, then steady ones with an outlier."""
    steady = rng.uniform(0.8, 1.2, 20)
    steady[rng.integers(20)] = 7.0
    usual, short = Stage([30.0, 20.0, 10.0, *steady]), Stage([50.0, *rng.uniform(1, 2, 6)])
    return {
        "usual": solution.benchmark(usual.act, clock=usual.clock),
        "short": solution.benchmark(short.act, warmup=1, repeats=6, clock=short.clock),
        "calls": [usual.calls, short.calls],
    }
