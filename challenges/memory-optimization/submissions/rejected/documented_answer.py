# caught by: memory_growth, largest_batch, mixed_global, scaled_gradients, loss_scaler, accumulate_uneven, accumulate_streams, accumulate_odd_models, recompute, stream_batches, stream_lazy, stream_dataset
# why: the usual snippets behind the names: a global policy that stays, no loss scaling, micro-batches taken for equal, an endless generator of views
import tensorflow as tf


def enable_memory_growth():
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    return len(gpus)


def largest_batch(try_step, low=1, high=1024):
    size = high
    while size >= low:
        try:
            try_step(size)
            return size
        except tf.errors.ResourceExhaustedError:
            size //= 2
    return 0


def build_mixed_precision_model(input_shape, num_classes):
    policy = tf.keras.mixed_precision.Policy("mixed_float16")
    tf.keras.mixed_precision.set_global_policy(policy)
    return tf.keras.Sequential(
        [
            tf.keras.Input(input_shape),
            tf.keras.layers.Conv2D(32, 3, activation="relu"),
            tf.keras.layers.MaxPooling2D(),
            tf.keras.layers.Conv2D(64, 3, activation="relu"),
            tf.keras.layers.GlobalAveragePooling2D(),
            tf.keras.layers.Dense(num_classes, activation="softmax", dtype="float32"),
        ]
    )


class LossScaler:
    def __init__(self, initial=2.0**15, factor=2.0, growth_steps=2000):
        self.scale = initial

    def gradients(self, model, loss_fn, x, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True))
        return float(loss), tape.gradient(loss, model.trainable_variables)

    def step(self, model, optimizer, loss_fn, x, y):
        _, gradients = self.gradients(model, loss_fn, x, y)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return True


def train_with_accumulation(model, optimizer, loss_fn, dataset, accumulation_steps, epochs=1):
    @tf.function
    def train_step(x, y, sums):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(loss_fn(y, model(x, training=True))) / accumulation_steps
        for total, gradient in zip(sums, tape.gradient(loss, model.trainable_variables)):
            if gradient is not None:
                total.assign_add(gradient)
        return loss

    history = []
    for _ in range(epochs):
        sums = [tf.Variable(tf.zeros_like(v)) for v in model.trainable_variables]
        loss = 0.0
        for step, (x, y) in enumerate(dataset):
            loss += float(train_step(x, y, sums))
            if (step + 1) % accumulation_steps == 0:
                optimizer.apply_gradients(zip([s.value() for s in sums], model.trainable_variables))
                for total in sums:
                    total.assign(tf.zeros_like(total))
                history.append(loss)
                loss = 0.0
    return history


def checkpointed(block):
    return block


def stream_batches(paths, batch_size, load_fn, *, drop_remainder=False):
    while paths:
        for path in paths:
            images = load_fn(path)
            for i in range(0, len(images), batch_size):
                yield images[i : i + batch_size]


def stream_dataset(paths, batch_size, load_fn, row_shape, dtype, *, drop_remainder=False):
    batches = stream_batches(paths, batch_size, load_fn)
    spec = tf.TensorSpec((None, *row_shape), dtype)
    return tf.data.Dataset.from_generator(lambda: batches, output_signature=spec)
