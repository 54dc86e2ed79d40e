# caught by: accumulate_streams
# why: reads the whole dataset before it starts
from collections import deque

import keras
import numpy as np
import tensorflow as tf


def _try_to_grow(gpu):
    try:
        tf.config.experimental.set_memory_growth(gpu, True)
    except RuntimeError:
        return 0
    return 1


def enable_memory_growth():
    return sum(_try_to_grow(gpu) for gpu in tf.config.list_physical_devices("GPU"))


def largest_batch(try_step, low=1, high=1024):
    def fails(size):
        try:
            try_step(size)
        except tf.errors.ResourceExhaustedError:
            return True
        return False

    def between(good, bad):
        if bad - good == 1:
            return good
        middle = good + (bad - good) // 2
        return between(good, middle) if fails(middle) else between(middle, bad)

    size, good = low, 0
    while size <= high:
        if fails(size):
            return between(good, size) if good else 0
        good, size = size, size * 2
    return between(good, high + 1)


def build_mixed_precision_model(input_shape, num_classes):
    mixed = keras.DTypePolicy("mixed_float16")
    conv = [keras.layers.Conv2D(n, 3, activation="relu", dtype=mixed) for n in (32, 64)]
    pool = keras.layers.MaxPooling2D(dtype="float16")
    mean = keras.layers.GlobalAveragePooling2D(dtype="float16")
    head = keras.layers.Dense(num_classes, activation="softmax", dtype=keras.DTypePolicy("float32"))
    inputs = keras.Input(input_shape, dtype="float32")
    return keras.Model(inputs, head(mean(conv[1](pool(conv[0](inputs))))))


class LossScaler:
    def __init__(self, initial=2.0**15, factor=2.0, growth_steps=2000):
        self.scale = float(initial)
        self._factor, self._wanted = factor, growth_steps
        self._left = growth_steps

    def gradients(self, model, loss_fn, x, y):
        trained = model.trainable_variables
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True))
            scaled = tf.multiply(tf.cast(loss, tf.float32), self.scale)
        pairs = zip(tape.gradient(scaled, [v.value for v in trained]), trained)
        unscaled = [tf.zeros(v.shape) if g is None else tf.cast(g, tf.float32) / self.scale for g, v in pairs]
        return float(loss), unscaled

    def step(self, model, optimizer, loss_fn, x, y):
        gradients = self.gradients(model, loss_fn, x, y)[1]
        if any(not np.all(np.isfinite(g)) for g in gradients):
            self._left = self._wanted
            self.scale = max(self.scale / self._factor, 1.0)
            return False
        optimizer.apply_gradients(list(zip(gradients, model.trainable_variables)))
        self._left -= 1
        if self._left == 0:
            self._left = self._wanted
            self.scale = self.scale * self._factor
        return True


class _Group:
    def __init__(self, model, loss_fn):
        self.model, self.loss_fn = model, loss_fn
        self.sums = {}
        for index, variable in enumerate(model.trainable_variables):
            self.sums[index] = tf.Variable(tf.zeros(variable.shape), trainable=False)
        self.loss = keras.metrics.Sum()
        self.examples = keras.metrics.Sum()
        self.touched = set()

    @tf.function(reduce_retracing=True)
    def add(self, x, y):
        with tf.GradientTape() as tape:
            losses = self.loss_fn(y, self.model(x, training=True))
        for index, gradient in enumerate(tape.gradient(losses, [v.value for v in self.model.trainable_variables])):
            if gradient is not None:
                self.touched.add(index)
                self.sums[index].assign_add(tf.convert_to_tensor(gradient))
        self.loss.update_state(losses)
        self.examples.update_state(tf.ones_like(losses))

    def close(self, optimizer):
        count = self.examples.result()
        variables = self.model.trainable_variables
        optimizer.apply_gradients([(self.sums[i] / count, variables[i]) for i in sorted(self.touched)])
        mean = float(self.loss.result() / count)
        for total in self.sums.values():
            total.assign(tf.zeros(total.shape))
        self.loss.reset_state()
        self.examples.reset_state()
        return mean


def train_with_accumulation(model, optimizer, loss_fn, dataset, accumulation_steps, epochs=1):
    dataset = list(dataset)
    group, means = _Group(model, loss_fn), []
    for _ in range(epochs):
        size = 0
        for size, (x, y) in enumerate(dataset, start=1):
            group.add(x, y)
            if size % accumulation_steps == 0:
                means.append(group.close(optimizer))
        if size % accumulation_steps:
            means.append(group.close(optimizer))
    return means


def checkpointed(block):
    def run(x):
        return block(x)

    return tf.recompute_grad(run)


def stream_batches(paths, batch_size, load_fn, *, drop_remainder=False):
    waiting, ready, files = deque(), 0, iter(paths)
    while True:
        while ready < batch_size:
            try:
                path = next(files)
            except StopIteration:
                if ready and not drop_remainder:
                    yield np.concatenate(waiting)
                return
            rows = load_fn(path)
            ready += len(rows)
            if len(rows):
                waiting.append(np.array(rows))
            del rows
        taken, missing = [], batch_size
        while missing:
            first = waiting.popleft()
            taken.append(first[:missing].copy())
            if len(first) > missing:
                waiting.appendleft(first[missing:].copy())
            missing -= len(taken[-1])
        del first
        ready -= batch_size
        yield np.concatenate(taken)


def stream_dataset(paths, batch_size, load_fn, row_shape, dtype, *, drop_remainder=False):
    first = batch_size if drop_remainder else None
    dataset = tf.data.Dataset.from_generator(
        lambda: (
            np.asarray(batch, tf.as_dtype(dtype).as_numpy_dtype)
            for batch in stream_batches(paths, batch_size, load_fn, drop_remainder=drop_remainder)
        ),
        output_types=dtype,
        output_shapes=(first, *row_shape),
    )
    return dataset
