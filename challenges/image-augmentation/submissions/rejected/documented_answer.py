# caught by: rotation, shift_and_zoom, flip, contrast, off_at_inference, independent_and_seeded, served_without_augmentation, image_stateless, dataset_training, dataset_reproducible, dataset_validation
# why: the published answer, with its three pieces under the names asked for
import tensorflow as tf


def build_augmenter(rotation_degrees=20.0, shift=0.2, zoom=0.1, contrast=0.1, horizontal_flip=True, seed=None):
    return tf.keras.Sequential([
        tf.keras.layers.RandomFlip("horizontal"),
        tf.keras.layers.RandomRotation(0.1),
        tf.keras.layers.RandomZoom(0.1),
        tf.keras.layers.RandomContrast(0.1),
    ])


def build_classifier(augmenter, input_shape, num_classes):
    return tf.keras.Sequential([
        tf.keras.Input(input_shape),
        # Augmentation layers (only active during training)
        augmenter,
        # Model layers
        tf.keras.layers.Conv2D(32, 3, activation="relu"),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Conv2D(64, 3, activation="relu"),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation="relu"),
        tf.keras.layers.Dense(num_classes, activation="softmax"),
    ])


def export_for_serving(model, path):
    model.export(path, verbose=False)


def augment_image(image, label, seed=None):
    """Apply augmentations to image"""
    image = tf.image.random_flip_left_right(image)
    image = tf.image.random_brightness(image, 0.1)
    image = tf.image.random_contrast(image, 0.9, 1.1)
    image = tf.image.random_saturation(image, 0.9, 1.1)
    return image, label


def make_dataset(images, labels, batch_size, training, seed=0):
    dataset = tf.data.Dataset.from_tensor_slices((images, labels))
    if training:
        dataset = dataset.map(augment_image, num_parallel_calls=tf.data.AUTOTUNE)
    return dataset.batch(batch_size).prefetch(tf.data.AUTOTUNE)
