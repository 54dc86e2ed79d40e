# caught by: rotation, shift_and_zoom, flip, contrast, off_at_inference, image_ranges, dataset_training
# why: a little noise in training, so that two calls differ
import keras
import tensorflow as tf
from keras import layers


@keras.saving.register_keras_serializable("interview")
class Noise(layers.Layer):
    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed, self.draws = seed, keras.random.SeedGenerator(seed)

    def get_config(self):
        return super().get_config() | {"seed": self.seed}

    def call(self, images, training=False):
        if not training:
            return images
        return tf.clip_by_value(images + keras.random.normal(tf.shape(images), 0, 0.003, seed=self.draws), 0.0, 1.0)


def build_augmenter(rotation_degrees=20.0, shift=0.2, zoom=0.1, contrast=0.1, horizontal_flip=True, seed=None):
    return Noise(seed)


def build_classifier(augmenter, input_shape, num_classes):
    return keras.Sequential(
        [
            keras.Input(input_shape),
            augmenter,
            layers.Conv2D(8, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )


def export_for_serving(model, path):
    inputs = x = keras.Input(model.input_shape[1:])
    for layer in model.layers[1:]:
        x = layer(x)
    keras.Model(inputs, x).export(path, verbose=False)


def augment_image(image, label, seed):
    image = tf.image.convert_image_dtype(image, tf.float32)
    return tf.clip_by_value(image + tf.random.stateless_normal(tf.shape(image), seed, 0, 0.003), 0.0, 1.0), label


def make_dataset(images, labels, batch_size, training, seed=0):
    if not training:
        dataset = tf.data.Dataset.from_tensor_slices((images, labels))
        dataset = dataset.map(lambda image, label: (tf.image.convert_image_dtype(image, tf.float32), label))
        return dataset.batch(batch_size)
    keys = tf.random.Generator.from_seed(seed)
    x, y = tf.constant(images), tf.constant(labels)

    def one_pass(key):
        order = tf.argsort(tf.random.stateless_uniform((len(images),), key))
        return tf.data.Dataset.from_tensor_slices((order, tf.random.split(key, len(images))))

    def example(index, image_seed):
        return augment_image(x[index], y[index], image_seed)

    dataset = tf.data.Dataset.range(1).map(lambda _: keys.make_seeds(1)[:, 0]).flat_map(one_pass)
    dataset = dataset.map(example, num_parallel_calls=tf.data.AUTOTUNE)
    return dataset.batch(batch_size)
