# caught by: split
# why: every call draws another split
import keras
import numpy as np
from keras import layers


def prepare_images(images):
    images = np.asarray(images)
    if images.ndim not in (3, 4):
        raise ValueError(f"expected 3 or 4 axes, received {images.ndim}")
    if images.ndim == 3:
        images = images[..., None]
    if np.issubdtype(images.dtype, np.integer):
        return images.astype("float32") / 255.0
    return images.astype("float32")


def stratified_split(labels, fraction=0.2, seed=0):
    if not 0 < fraction < 1:
        raise ValueError(f"fraction={fraction}")
    labels = np.asarray(labels)
    rng = np.random.default_rng()
    train, validation = [], []
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        n = min(max(1, round(len(rows) * fraction)), len(rows) - 1)
        validation.extend(rows[:n])
        train.extend(rows[n:])
    return rng.permutation(train), np.array(validation)


def build_cnn(input_shape, num_classes):
    model = keras.Sequential([keras.Input(input_shape)])
    for filters in (16, 32, 64):
        model.add(layers.Conv2D(filters, 3, padding="same"))
        model.add(layers.BatchNormalization(momentum=0.9))
        model.add(layers.ReLU())
        model.add(layers.MaxPooling2D(padding="same"))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dropout(0.2))
    model.add(layers.Dense(num_classes, activation="softmax"))
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    return model


def train_classifier(images, labels, num_classes, seed=0, epochs=12, callbacks=()):
    labels = np.asarray(labels)
    images = prepare_images(images)
    train, validation = stratified_split(labels, 0.2, seed)
    keras.utils.set_random_seed(seed)
    model = build_cnn(images.shape[1:], num_classes)
    best = keras.callbacks.EarlyStopping(monitor="val_loss", patience=epochs, restore_best_weights=True)
    history = model.fit(
        images[train],
        labels[train],
        validation_data=(images[validation], labels[validation]),
        epochs=epochs,
        batch_size=32,
        callbacks=[*callbacks, best],
        verbose=0,
    )
    return model, history.history


def predict_labels(model, images):
    return np.argmax(model.predict(prepare_images(images), verbose=0), axis=1).astype("int64")
