# caught by: prepare_more, split, any_size, compiled, learns, learns_sorted, best_weights, reproducible
# why: the notebook's network and training, unpadded: 8 x 8 pixels are gone before the third convolution
import keras
import numpy as np
from keras import layers


def prepare_images(images):
    return images.reshape(*images.shape[:3], 1).astype("float32") / 255.0


def stratified_split(labels, fraction=0.2, seed=0):
    if not 0 < fraction < 1:
        raise ValueError(f"fraction={fraction}")
    labels = np.asarray(labels)
    first = len(labels) - int(len(labels) * fraction)
    return np.arange(first), np.arange(first, len(labels))


def build_cnn(input_shape, num_classes):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    return model


def train_classifier(images, labels, num_classes, seed=0, epochs=5, callbacks=()):
    labels = np.asarray(labels)
    images = prepare_images(images)
    model = build_cnn(images.shape[1:], num_classes)
    history = model.fit(images, labels, epochs=epochs, batch_size=64, validation_split=0.2, callbacks=list(callbacks), verbose=0)
    return model, history.history


def predict_labels(model, images):
    return np.argmax(model.predict(prepare_images(images), verbose=0), axis=1).astype("int64")
