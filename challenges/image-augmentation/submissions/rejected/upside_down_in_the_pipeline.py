# caught by: image_ranges
# why: mirrors top and bottom
import keras
import tensorflow as tf
from keras import layers


def build_augmenter(rotation_degrees=20.0, shift=0.2, zoom=0.1, contrast=0.1, horizontal_flip=True, seed=None):
    seeds = [None] * 5 if seed is None else [5 * seed + k for k in range(5)]
    fill = {"fill_mode": "constant", "fill_value": 0.0}
    steps = [layers.Identity()]
    if contrast:
        steps.append(layers.RandomContrast((contrast, contrast), value_range=(0.0, 1.0), seed=seeds[0]))
    if horizontal_flip:
        steps.append(layers.RandomFlip("horizontal", seed=seeds[1]))
    if rotation_degrees:
        steps.append(layers.RandomRotation(rotation_degrees / 360, seed=seeds[2], **fill))
    if shift:
        steps.append(layers.RandomTranslation(shift, shift, seed=seeds[3], **fill))
    if zoom:
        steps.append(layers.RandomZoom(zoom, seed=seeds[4], **fill))
    return keras.Sequential(steps)


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
    keys = tf.random.split(seed, 4)
    image = tf.image.stateless_random_flip_up_down(image, keys[0])
    image = tf.image.stateless_random_brightness(image, 0.1, keys[1])
    image = tf.clip_by_value(tf.image.stateless_random_contrast(image, 0.9, 1.1, keys[2]), 0.0, 1.0)
    if image.shape[-1] == 3:
        image = tf.image.stateless_random_saturation(image, 0.9, 1.1, keys[3])
    return tf.clip_by_value(image, 0.0, 1.0), label


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
