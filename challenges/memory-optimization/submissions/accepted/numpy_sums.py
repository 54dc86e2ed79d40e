# style: sums in NumPy over gradients that one tf.function returns, policies restored in finally, keras.remat, a stream of single rows
import itertools

import keras
import numpy as np
import tensorflow as tf


def enable_memory_growth():
    done = []
    for gpu in tf.config.list_physical_devices("GPU"):
        try:
            tf.config.experimental.set_memory_growth(gpu, True)
            done.append(gpu)
        except RuntimeError as error:
            print(f"{gpu.name} keeps its memory: {error}")
    return len(done)


def largest_batch(try_step, low=1, high=1024):
    good, bad = low - 1, high + 1
    while bad - good > 1:
        size = (good + bad) // 2
        try:
            try_step(size)
            good = size
        except tf.errors.ResourceExhaustedError:
            bad = size
    return good if good >= low else 0


def build_mixed_precision_model(input_shape, num_classes):
    before = tf.keras.mixed_precision.global_policy()
    try:
        tf.keras.mixed_precision.set_global_policy("mixed_float16")
        image = tf.keras.Input(input_shape, dtype=tf.float32)
        x = tf.keras.layers.Conv2D(32, (3, 3), activation=tf.nn.relu)(image)
        x = tf.keras.layers.MaxPooling2D((2, 2))(x)
        x = tf.keras.layers.Conv2D(64, (3, 3), activation=tf.nn.relu)(x)
        x = tf.keras.layers.GlobalAveragePooling2D()(x)
        x = tf.keras.layers.Dense(num_classes, activation=tf.nn.softmax, dtype="float32")(x)
        return tf.keras.Model(image, x)
    finally:
        tf.keras.mixed_precision.set_global_policy(before)


class LossScaler:
    def __init__(self, initial=2.0**15, factor=2.0, growth_steps=2000):
        self.scale, self.factor, self.growth_steps, self.streak = initial, factor, growth_steps, 0

    def gradients(self, model, loss_fn, x, y):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([w.value for w in model.trainable_weights])
            loss = loss_fn(y, model(x, training=True))
            scaled = tf.cast(loss, "float32") * tf.constant(self.scale, "float32")
        raw = tape.gradient(scaled, [w.value for w in model.trainable_weights])
        return float(loss), [tf.constant(g.numpy().astype("float32") / np.float32(self.scale)) for g in raw]

    def step(self, model, optimizer, loss_fn, x, y):
        gradients = self.gradients(model, loss_fn, x, y)[1]
        if np.isfinite(sum(float(tf.reduce_sum(tf.abs(g))) for g in gradients)):
            optimizer.apply(gradients, model.trainable_weights)
            self.streak = (self.streak + 1) % self.growth_steps
            self.scale *= 1.0 if self.streak else self.factor
            return True
        self.scale, self.streak = max(1.0, self.scale / self.factor), 0
        return False


def train_with_accumulation(model, optimizer, loss_fn, dataset, accumulation_steps, epochs=1):
    weights = model.trainable_weights

    @tf.function(reduce_retracing=True)
    def look(x, y):
        with tf.GradientTape() as tape:
            losses = loss_fn(y, model(x, training=True))
            total = tf.reduce_sum(losses)
        found = tape.gradient(total, [w.value for w in weights])
        reached = {i: tf.convert_to_tensor(g) for i, g in enumerate(found) if g is not None}
        return total, tf.shape(losses)[0], reached

    history = []
    for _ in range(epochs):
        batches = iter(dataset)
        while group := next(batches, None):
            sums, total, examples = {}, 0.0, 0
            for x, y in itertools.chain([group], itertools.islice(batches, accumulation_steps - 1)):
                loss, count, found = look(x, y)
                total, examples = total + float(loss), examples + int(count)
                sums = {i: sums.get(i, 0.0) + g.numpy() for i, g in found.items()}
            optimizer.apply_gradients([(tf.constant(g / examples, tf.float32), weights[i]) for i, g in sums.items()])
            history.append(total / examples)
    return history


def checkpointed(block):
    return keras.remat(block)


def _rows(paths, load_fn):
    for path in paths:
        rows = load_fn(path)
        for index in range(len(rows)):
            yield rows[index].copy()
        rows = None


def stream_batches(paths, batch_size, load_fn, *, drop_remainder=False):
    rows = _rows(paths, load_fn)
    while batch := list(itertools.islice(rows, batch_size)):
        if len(batch) == batch_size or not drop_remainder:
            yield np.stack(batch)


def stream_dataset(paths, batch_size, load_fn, row_shape, dtype, *, drop_remainder=False):
    def batches():
        for batch in stream_batches(paths, batch_size, load_fn, drop_remainder=drop_remainder):
            yield tf.cast(batch, dtype)

    shape = [batch_size if drop_remainder else None, *row_shape]
    return tf.data.Dataset.from_generator(batches, output_signature=tf.TensorSpec(shape, dtype))
