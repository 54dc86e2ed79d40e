"""What is asked of each lever on memory, and what is seen: sizes tried, precision, rows at once, files alive."""

import weakref
from itertools import islice

import keras
import numpy as np
import tensorflow as tf

from grader.evidence import Passages, Recorder, global_policy, policy
from grader.probing import f32, probe, raised

FEATURES, HIDDEN, CLASSES = 5, 7, 3

MOST_BATCHES = 40
"""More than any stream here has. Nobody waits for one that never ends."""


def with_random_weights(model, rng, scale=0.5):
    """The model with random trainable weights."""
    for variable in model.trainable_variables:
        variable.assign((scale * f32(rng, *variable.shape)).astype("float32"))
    return model


def cut(x, y, *sizes):
    """Consecutive micro-batches of the given sizes."""
    ends = np.cumsum(sizes)
    return [(x[end - size : end], y[end - size : end]) for end, size in zip(ends, sizes, strict=True)]


class FakeConfig:
    """Stands in for the two functions of `tf.config` that memory growth needs, for a number of GPUs."""

    def __init__(self, gpus, refusing):
        self.gpus = [tf.config.PhysicalDevice(f"/physical_device:GPU:{index}", "GPU") for index in range(gpus)]
        self.refusing, self.called = refusing, []

    def list_physical_devices(self, device_type=None):
        return list(self.gpus) if device_type in (None, "GPU") else []

    def set_memory_growth(self, device, enable):
        self.called.append([device.name, bool(enable)])
        if self.gpus.index(device) == self.refusing:
            raise RuntimeError("Physical devices cannot be modified after being initialized")

    def run(self, function):
        real = tf.config.list_physical_devices, tf.config.experimental.set_memory_growth
        tf.config.list_physical_devices = self.list_physical_devices
        tf.config.experimental.set_memory_growth = self.set_memory_growth
        try:
            return {"configured": function(), "called": self.called}
        finally:
            tf.config.list_physical_devices, tf.config.experimental.set_memory_growth = real


@probe("memory_growth")
def memory_growth(solution, rng):
    """Machines without GPUs, with willing ones, and with one that is already in use."""
    count = int(rng.integers(3, 6))
    machines = [FakeConfig(0, None), FakeConfig(count, None), FakeConfig(count, int(rng.integers(count - 1)))]
    return [machine.run(solution.enable_memory_growth) for machine in machines]


@probe("largest_batch")
def largest_batch(solution, rng):
    """The answer and the trials for limits inside the range, outside it, and at both ends."""
    inside = int(rng.integers(5, 1020))
    ranges = [(1, 1024, inside), (1, 1024, 1), (1, 1024, 1024), (1, 1000, 5000), (1, 1, 1), (4, 900, 2), (7, 640, 7)]
    ranges.append((3, 777, int(rng.integers(10, 770))))
    found, tried = [], []
    for low, high, limit in ranges:
        sizes = []

        def try_step(size, limit=limit, sizes=sizes):
            sizes.append(int(size))
            if size > limit:
                raise tf.errors.ResourceExhaustedError(None, None, "out of memory")

        found.append(int(solution.largest_batch(try_step, low, high)))
        tried.append(sizes)

    def breaks(size):
        raise ValueError("not a matter of memory")

    return {
        "ranges": [list(each) for each in ranges],
        "found": found,
        "tried": tried,
        "other error": raised(solution.largest_batch, breaks, 1, 64),
    }


def layout(model):
    """Kinds and precision of a model's layers."""
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    return {
        "layers": [type(layer).__name__ for layer in layers],
        "compute": [str(layer.compute_dtype) for layer in layers],
        "shapes": [list(variable.shape) for variable in model.variables],
        "dtypes": [str(variable.dtype) for variable in model.variables],
    }


@probe("mixed_layout")
def mixed_layout(solution, rng):
    """The layers, their precision, and the model's output under random weights."""
    model = with_random_weights(solution.build_mixed_precision_model((16, 16, 3), 7), rng)
    return layout(model) | {"output": model(f32(rng, 6, 16, 16, 3))}


@probe("mixed_global")
def mixed_global(solution, rng):
    """The same model under three global policies, and what the next model gets."""
    seen = {}
    for name in ("float32", "float64", "mixed_bfloat16"):
        with policy(name):
            model = solution.build_mixed_precision_model((12, 12, 1), 4)
            seen[name] = {
                "policy": global_policy(),
                "next layer": str(keras.layers.Dense(3).compute_dtype),
                "layout": layout(model),
                "output": model(f32(rng, 2, 12, 12, 1)).dtype.name,
            }
    return seen


def half_precision(rng):
    """A model that computes in float16, with outputs in float32."""
    half = keras.mixed_precision.DTypePolicy("mixed_float16")
    layers = [
        keras.Input((FEATURES,)),
        keras.layers.Dense(HIDDEN, activation="tanh", dtype=half),
        keras.layers.Dense(HIDDEN, activation="tanh", dtype=half),
        keras.layers.Dense(1, dtype="float32"),
    ]
    return with_random_weights(keras.Sequential(layers), rng)


def mean_square(y, predictions):
    return tf.reduce_mean(tf.square(y - tf.cast(predictions, tf.float32)))


@probe("scaled_gradients")
def scaled_gradients(solution, rng):
    """Gradients of a loss so small that float16 alone would lose them."""
    model, scaler = half_precision(rng), solution.LossScaler(initial=2.0**20)
    before = model.get_weights()
    x, y = f32(rng, 32, FEATURES), f32(rng, 32, 1)
    loss, gradients = scaler.gradients(model, lambda y, p: 1e-6 * mean_square(y, p), x, y)
    return {
        "loss": 1e6 * float(loss),
        "gradients": [1e6 * np.asarray(gradient) for gradient in gradients],
        "moved": [after - start for after, start in zip(model.get_weights(), before, strict=True)],
        "scale": float(scaler.scale),
    }


def steps(scaler, model, optimizer, batches):
    """What each step returned, the scale after it, and how far the weights went."""
    seen = {"taken": [], "scale": [], "moved": []}
    for x, y in batches:
        before = model.get_weights()
        seen["taken"].append(scaler.step(model, optimizer, mean_square, x, y))
        seen["scale"].append(float(scaler.scale))
        seen["moved"].append(any((a != b).any() for a, b in zip(model.get_weights(), before, strict=True)))
    iterations = int(keras.ops.convert_to_numpy(optimizer.iterations))
    return seen | {"iterations": iterations, "weights": model.get_weights()}


@probe("loss_scaler")
def loss_scaler(solution, rng):
    """A scale that is far too large, one that is small, and an input that no scale can save."""
    x, y = f32(rng, 16, FEATURES), f32(rng, 16, 1)
    cases = {
        "from above": (2.0**28, 4.0, 3, [(x, y)] * 14),
        "from below": (16.0, 2.0, 2, [(x, y)] * 7),
        "broken input": (2.0, 4.0, 2, [(x, y), (np.full_like(x, np.nan), y), (x, y), (x, y)]),
    }
    seen = {}
    for name, (initial, factor, growth, batches) in cases.items():
        model, optimizer = half_precision(rng), keras.optimizers.SGD(0.02, momentum=0.9)
        scaler = solution.LossScaler(initial=initial, factor=factor, growth_steps=growth)
        seen[name] = steps(scaler, model, optimizer, batches)
    return seen


def network(rng, *first):
    """Five inputs, seven hidden units, three outputs."""
    layers = [keras.Input((FEATURES,)), *first, keras.layers.Dense(HIDDEN, activation="tanh")]
    return with_random_weights(keras.Sequential([*layers, keras.layers.Dense(CLASSES)]), rng)


def squares(y, predictions):
    """A loss for each example."""
    return tf.reduce_sum(tf.square(y - predictions), axis=-1)


def accumulated(solution, model, optimizer, dataset, count, epochs=1):
    """Losses of the steps, the weights afterwards, and how many steps the optimizer counts."""
    losses = solution.train_with_accumulation(model, optimizer, squares, dataset, count, epochs=epochs)
    return {
        "losses": np.asarray(losses, "float64"),
        "kinds": sorted({type(loss).__name__ for loss in losses}),
        "weights": model.get_weights(),
        "iterations": int(keras.ops.convert_to_numpy(optimizer.iterations)),
    }


@probe("accumulate")
def accumulate(solution, rng):
    """Six equal micro-batches in groups of three."""
    data = cut(f32(rng, 24, FEATURES), f32(rng, 24, CLASSES), *[4] * 6)
    return accumulated(solution, network(rng), keras.optimizers.SGD(0.1), data, 3)


@probe("accumulate_uneven")
def accumulate_uneven(solution, rng):
    """Micro-batches of all sizes, groups that don't divide the epoch, two epochs, and an optimizer with a memory."""
    sizes = (6, 1, 4, 5, 2, 3, 3, 1)
    data = cut(f32(rng, sum(sizes), FEATURES), f32(rng, sum(sizes), CLASSES), *sizes)
    return accumulated(solution, network(rng), keras.optimizers.SGD(0.05, momentum=0.8), data, 3, epochs=2)


class Reading(Passages):
    """Also how many micro-batches had been read when each execution began."""

    def __init__(self):
        super().__init__()
        self.pulled, self.pulled_at = 0, []

    def note(self, array):
        super().note(array)
        self.pulled_at.append(self.pulled)


class Pulled:
    """Micro-batches that can be looped over again, with a count of what was asked for."""

    def __init__(self, batches, reading):
        self.batches, self.reading = batches, reading

    def __iter__(self):
        for batch in self.batches:
            self.reading.pulled += 1
            yield batch


@probe("accumulate_streams")
def accumulate_streams(solution, rng):
    """Two epochs of nine micro-batches of 7 and one of 3: what the model gets at once, and what is read ahead."""
    recorder = Recorder()
    model = network(rng, recorder)
    recorder.seen = reading = Reading()
    data = Pulled(cut(f32(rng, 66, FEATURES), f32(rng, 66, CLASSES), *[7] * 9, 3), reading)
    seen = accumulated(solution, model, keras.optimizers.SGD(0.05), data, 4, epochs=2)
    return seen | {
        "inputs": reading.inputs,
        "traces": reading.traces,
        "pulled": reading.pulled,
        "pulled_at": reading.pulled_at,
    }


class Unreached(keras.layers.Layer):
    """Has a weight that its output doesn't depend on."""

    def build(self, input_shape):
        self.spare = self.add_weight(shape=(3,), initializer="ones", name="spare")

    def call(self, x):
        return 1.5 * x


@probe("accumulate_odd_models")
def accumulate_odd_models(solution, rng):
    """Sparse gradients, missing ones, and a layer that normalises each micro-batch."""
    layers = [
        keras.Input((4,), dtype="int32"),
        keras.layers.Embedding(9, FEATURES),
        keras.layers.Flatten(),
        keras.layers.BatchNormalization(momentum=0.8),
        Unreached(),
        keras.layers.Dense(CLASSES),
    ]
    model = with_random_weights(keras.Sequential(layers), rng)
    data = cut(rng.integers(0, 9, (9, 4)).astype("int32"), f32(rng, 9, CLASSES), 4, 3, 2)
    return accumulated(solution, model, keras.optimizers.SGD(0.05), data, 2)


def slopes(blocks, variables, x):
    """The loss of some blocks in a row and its gradients for x and all variables."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = x
        for block in blocks:
            output = block(output)
        loss = tf.reduce_sum(tf.square(output))
    return loss, tape.gradient(loss, [x, *variables])


@probe("recompute")
def recompute(solution, rng):
    """Loss, gradients and executions of three blocks: eagerly, compiled, and without a tape; and a plain function."""
    recorder, plain = Recorder(), []
    for _ in range(3):
        layers = [keras.layers.Dense(HIDDEN, activation="tanh"), recorder, keras.layers.Dense(FEATURES)]
        plain.append(with_random_weights(keras.Sequential([keras.Input((FEATURES,)), *layers]), rng))
    blocks = [solution.checkpointed(block) for block in plain]
    variables = [variable.value for block in plain for variable in block.trainable_variables]
    x = tf.constant(f32(rng, 4, FEATURES))

    def forward(x):
        for block in blocks:
            x = block(x)
        return x

    runs = {
        "eager": lambda: slopes(blocks, variables, x),
        "compiled": lambda: tf.function(lambda x: slopes(blocks, variables, x))(x),
        "no tape": lambda: forward(x),
    }
    seen = {}
    for name, run in runs.items():
        recorder.seen.forget()
        seen[name] = {"result": run(), "inputs": sorted(recorder.seen.inputs, key=lambda a: a.flat[0])}
    wave = solution.checkpointed(lambda x: tf.sin(x) * x)
    return seen | {"function": slopes([wave, wave], [], x)}


class Files:
    """Files in memory, with a record of which were opened and which of their arrays are still alive."""

    def __init__(self, rng, sizes, width=2, dtype="float32"):
        self.paths = [f"part-{index:03d}" for index in range(len(sizes))]
        contents = [(10 * rng.standard_normal((size, width))).astype(dtype) for size in sizes]
        self.contents = dict(zip(self.paths, contents, strict=True))
        self.opened, self.references, self.most_alive = [], {}, 0

    def load(self, path):
        self.opened.append(path)
        rows = self.contents[path].copy()
        self.references[path] = weakref.ref(rows)
        self.most_alive = max(self.most_alive, self.alive())
        return rows

    def alive(self):
        return sum(reference() is not None for reference in self.references.values())


@probe("stream_batches")
def stream_batches(solution, rng):
    """Four files in batches of four rows, with and without the rest; and how far the files were opened."""
    seen = []
    for drop in (False, True):
        files = Files(rng, (4, 1, 7, 5))
        stream = solution.stream_batches(files.paths, 4, files.load, drop_remainder=drop)
        opened, batches = [len(files.opened)], []
        for batch in islice(stream, MOST_BATCHES):
            batches.append(np.array(batch))
            opened.append(len(files.opened))
        seen.append({"batches": batches, "opened": opened})
    return seen


@probe("stream_lazy")
def stream_lazy(solution, rng):
    """Twelve files: opened when needed, let go when used up, and batches that nobody else holds."""
    sizes = [5, *rng.integers(1, 9, 4), 0, *rng.integers(0, 9, 5)]
    sizes.append((2 - sum(sizes)) % 5)  # so that two rows are left at the end
    files = Files(rng, sizes)
    stream = solution.stream_batches(files.paths, 5, files.load)
    opened, batches = [len(files.opened)], []
    for batch in islice(stream, MOST_BATCHES):
        batches.append(np.array(batch))
        opened.append(len(files.opened))
        batch[:] = -1.0
    del batch

    held = Files(rng, (6, 5, 9))
    stream = solution.stream_batches(held.paths, 4, held.load)
    kept = [next(stream), next(stream), next(stream)]
    first_alive = held.references[held.paths[0]]() is not None
    stream.close()
    return {
        "opened": opened,
        "batches": batches,
        "most alive": files.most_alive,
        "first file alive": first_alive,
        "kept": kept,
        "no files": len(list(solution.stream_batches([], 5, files.load))),
    }


@probe("stream_dataset")
def stream_dataset(solution, rng):
    """Two epochs over three files, with and without the rest, and what the dataset says of its elements."""
    seen = []
    for drop in (False, True):
        files = Files(rng, (6, 2, 5), width=3, dtype="float64")
        dataset = solution.stream_dataset(files.paths, 4, files.load, (3,), tf.float32, drop_remainder=drop)
        opened = len(files.opened)
        spec = dataset.element_spec
        seen.append(
            {
                "opened": opened,
                "spec": [spec.shape.as_list(), spec.dtype.name],
                "epochs": [[np.array(batch) for batch in islice(dataset, MOST_BATCHES)] for _ in range(2)],
            }
        )
    return seen
