# style: one registered layer with one matrix per image, an exported copy without the augmenter, NumPy's generator for the order
import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable("interview")
class Augmenter(keras.layers.Layer):
    def __init__(self, degrees, shift, zoom, contrast, flip, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.settings = {"degrees": degrees, "shift": shift, "zoom": zoom, "contrast": contrast, "flip": flip}
        self.settings["seed"] = seed
        self.draws = keras.random.SeedGenerator(seed)

    def get_config(self):
        return super().get_config() | self.settings

    def _draw(self, n, low, high):
        return keras.random.uniform((n,), low, high, seed=self.draws)

    def call(self, images, training=False):
        if not training:
            return images
        s, n = self.settings, tf.shape(images)[0]
        height, width = images.shape[1], images.shape[2]
        if s["contrast"]:
            f = self._draw(n, 1 - s["contrast"], 1 + s["contrast"])[:, None, None, None]
            mean = tf.reduce_mean(images, axis=(1, 2, 3), keepdims=True)
            images = tf.clip_by_value((images - mean) * f + mean, 0.0, 1.0)
        if not (s["degrees"] or s["shift"] or s["zoom"] or s["flip"]):
            return images
        angle = self._draw(n, -1.0, 1.0) * (s["degrees"] * np.pi / 180)
        scale = self._draw(n, 1 - s["zoom"], 1 + s["zoom"])
        dx, dy = self._draw(n, -1.0, 1.0) * s["shift"] * width, self._draw(n, -1.0, 1.0) * s["shift"] * height
        side = tf.where(self._draw(n, 0.0, 1.0) < 0.5, -1.0, 1.0) if s["flip"] else tf.ones_like(angle)
        # Where does the pixel that ends up at (x, y) come from? Everything is about the middle of the image.
        cx, cy = (width - 1) / 2, (height - 1) / 2
        cos, sin = tf.cos(angle) / scale, tf.sin(angle) / scale
        a, b, c, d = side * cos, side * sin, -sin, cos
        x0, y0 = cx - a * (cx + dx) - b * (cy + dy), cy - c * (cx + dx) - d * (cy + dy)
        matrix = tf.stack([a, b, x0, c, d, y0, tf.zeros_like(a), tf.zeros_like(a)], axis=1)
        return keras.ops.image.affine_transform(images, matrix, fill_mode="constant", fill_value=0.0)

    def compute_output_shape(self, input_shape):
        return input_shape


def build_augmenter(rotation_degrees=20.0, shift=0.2, zoom=0.1, contrast=0.1, horizontal_flip=True, seed=None):
    return Augmenter(rotation_degrees, shift, zoom, contrast, horizontal_flip, seed)


def build_classifier(augmenter, input_shape, num_classes):
    return keras.Sequential(
        [
            keras.Input(input_shape),
            augmenter,
            keras.layers.AveragePooling2D(4),
            keras.layers.Flatten(),
            keras.layers.Dense(12, "tanh"),
            keras.layers.Dense(num_classes, "softmax"),
        ]
    )


def export_for_serving(model, path):
    plain = keras.Sequential([keras.Input(model.input_shape[1:]), *model.layers[1:]])
    plain.export(path, verbose=False)


def augment_image(image, label, seed):
    if image.dtype == tf.uint8:
        image = tf.cast(image, tf.float32) / 255.0
    u = [tf.random.stateless_uniform((), tf.random.fold_in(seed, k)) for k in range(4)]
    image = tf.cond(u[0] < 0.5, lambda: tf.reverse(image, [1]), lambda: tf.identity(image))
    image = image + 0.2 * u[1] - 0.1
    image = tf.image.adjust_contrast(image, 0.9 + 0.2 * u[2])
    if image.shape[2] == 3:
        image = tf.image.adjust_saturation(tf.clip_by_value(image, 0.0, 1.0), 0.9 + 0.2 * u[3])
    return tf.clip_by_value(image, 0.0, 1.0), label


def make_dataset(images, labels, batch_size, training, seed=0):
    if not training:
        return tf.data.Dataset.from_tensor_slices((images.astype("float32") / 255.0, labels)).batch(batch_size)
    rng = np.random.default_rng(seed)

    def order():
        for index in rng.permutation(len(images)):
            yield index, rng.integers(2**31, size=2)

    def example(index, image_seed):
        return augment_image(tf.gather(images, index), tf.gather(labels, index), image_seed)

    spec = (tf.TensorSpec((), tf.int64), tf.TensorSpec((2,), tf.int64))
    indices = tf.data.Dataset.from_generator(order, output_signature=spec)
    return indices.map(example, num_parallel_calls=2).batch(batch_size)
