# caught by: recompute
# why: recomputes, but only for the gradient of the input
import numpy as np
import tensorflow as tf
from tensorflow import keras


def enable_memory_growth():
    count = 0
    for gpu in tf.config.list_physical_devices("GPU"):
        try:
            tf.config.experimental.set_memory_growth(gpu, True)
        except RuntimeError:
            pass
        else:
            count += 1
    return count


def largest_batch(try_step, low=1, high=1024):
    known = {}

    def fits(size):
        if size not in known:
            try:
                try_step(size)
                known[size] = True
            except tf.errors.ResourceExhaustedError:
                known[size] = False
        return known[size]

    if not fits(low):
        return 0
    if fits(high):
        return high
    below, above = low, high
    while above - below > 1:
        middle = (above + below) // 2
        below, above = (middle, above) if fits(middle) else (below, middle)
    return below


def build_mixed_precision_model(input_shape, num_classes):
    half = {"dtype": "mixed_float16"}
    model = keras.Sequential(name="classifier")
    model.add(keras.layers.InputLayer(shape=tuple(input_shape), dtype="float32"))
    model.add(keras.layers.Conv2D(32, 3, activation="relu", **half))
    model.add(keras.layers.MaxPooling2D(**half))
    model.add(keras.layers.Conv2D(64, 3, activation="relu", **half))
    model.add(keras.layers.GlobalAveragePooling2D(**half))
    model.add(keras.layers.Dense(num_classes, activation="softmax", dtype="float32"))
    return model


class LossScaler:
    def __init__(self, initial=2.0**15, factor=2.0, growth_steps=2000):
        self.scale = float(initial)
        self.factor = float(factor)
        self.growth_steps = int(growth_steps)
        self.good = 0

    def gradients(self, model, loss_fn, x, y):
        variables = [v.value for v in model.trainable_variables]
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True))
        # Starting the backward pass with the scale is the same as differentiating the scaled loss.
        start = tf.cast(tf.fill(tf.shape(loss), self.scale), loss.dtype)
        scaled = tape.gradient(loss, variables, output_gradients=start, unconnected_gradients="zero")
        back = tf.constant(1.0 / self.scale, tf.float32)
        return float(loss), [tf.cast(gradient, tf.float32) * back for gradient in scaled]

    def step(self, model, optimizer, loss_fn, x, y):
        _, gradients = self.gradients(model, loss_fn, x, y)
        finite = all(np.isfinite(gradient.numpy()).all() for gradient in gradients)
        if not finite:
            self.good = 0
            self.scale = self.scale / self.factor
            if self.scale < 1.0:
                self.scale = 1.0
        else:
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            self.good += 1
        if self.good >= self.growth_steps:
            self.good = 0
            self.scale = self.scale * self.factor
        return finite


def train_with_accumulation(model, optimizer, loss_fn, dataset, accumulation_steps, epochs=1):
    variables = model.trainable_variables
    sums = [tf.Variable(tf.zeros_like(v.value), trainable=False) for v in variables]
    totals = tf.Variable([0.0, 0.0], trainable=False)
    optimizer.build(variables)

    def add(x, y):
        with tf.GradientTape() as tape:
            losses = loss_fn(y, model(x, training=True))
        found = tape.gradient(losses, [v.value for v in variables], unconnected_gradients=tf.UnconnectedGradients.ZERO)
        for total, gradient in zip(sums, found):
            total.assign_add(gradient)
        totals.assign_add([tf.reduce_sum(losses), tf.cast(tf.size(losses), tf.float32)])

    add = tf.function(add, reduce_retracing=True)

    @tf.function
    def apply():
        mean = totals[0] / totals[1]
        optimizer.apply_gradients([(total / totals[1], variable) for total, variable in zip(sums, variables)])
        for total in [*sums, totals]:
            total.assign(tf.zeros_like(total))
        return mean

    history, pending = [], 0
    for _ in range(epochs):
        for x, y in dataset:
            add(x, y)
            pending = (pending + 1) % accumulation_steps
            if pending == 0:
                history.append(float(apply()))
        if pending:
            history.append(float(apply()))
            pending = 0
    return history


def checkpointed(block):
    @tf.custom_gradient
    def run(x):
        def backward(upstream, variables=None):
            watched = list(variables or [])
            with tf.GradientTape() as tape:
                again = tf.identity(x)
                tape.watch(again)
                output = block(again)
            for_x, *for_variables = tape.gradient(output, [again, *watched], output_gradients=upstream)
            return (for_x, [tf.zeros_like(v) for v in for_variables]) if watched else for_x

        with tf.GradientTape(persistent=True) as stopped, stopped.stop_recording():
            output = block(tf.stop_gradient(x))
        return output, backward

    return run


class _Stream:
    def __init__(self, paths, load_fn):
        self.paths, self.load_fn = iter(paths), load_fn
        self.rows = np.empty((0,))

    def refill(self):
        """Load files until there is a row. Says whether there is one."""
        while not len(self.rows):
            self.rows = None
            path = next(self.paths, None)
            if path is None:
                self.rows = ()
                return False
            self.rows = self.load_fn(path)
        return True

    def take(self, most):
        taken, self.rows = self.rows[:most].copy(), self.rows[most:]
        return taken


def stream_batches(paths, batch_size, load_fn, *, drop_remainder=False):
    stream, pieces = _Stream(paths, load_fn), []
    while stream.refill():
        pieces.append(stream.take(batch_size - sum(map(len, pieces))))
        if sum(map(len, pieces)) == batch_size:
            batch, pieces = np.concatenate(pieces), []
            yield batch
            del batch
    if pieces and not drop_remainder:
        yield np.concatenate(pieces)


def stream_dataset(paths, batch_size, load_fn, row_shape, dtype, *, drop_remainder=False):
    def rows():
        for path in paths:
            yield from load_fn(path)

    dataset = tf.data.Dataset.from_generator(rows, output_signature=tf.TensorSpec(tuple(row_shape), dtype))
    return dataset.batch(batch_size, drop_remainder=drop_remainder)
