# caught by: all
# why: the notebook's class: 784 pixels and a code of relu units, nothing built before the first call, no config
import math
import pathlib

import keras
import numpy as np
from keras import layers


class Autoencoder(keras.Model):
    def __init__(self, latent_dim, image_shape=(28, 28), hidden=(128, 64), noise=0.0, **kwargs):
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = keras.Sequential(
            [
                layers.Flatten(),
                layers.Dense(128, activation="relu"),
                layers.Dense(64, activation="relu"),
                layers.Dense(latent_dim, activation="relu"),
            ]
        )
        self.decoder = keras.Sequential(
            [
                layers.Dense(64, activation="relu"),
                layers.Dense(128, activation="relu"),
                layers.Dense(784, activation="sigmoid"),
                layers.Reshape((28, 28)),
            ]
        )

    def encode(self, images):
        return self.encoder(images)

    def decode(self, codes):
        return self.decoder(codes)

    def call(self, x):
        return self.decoder(self.encoder(x))


def train_autoencoder(images, latent_dim, epochs=10, seed=0):
    keras.utils.set_random_seed(seed)
    x = images.astype("float32") / 255.0
    held = len(x) // 10
    model = Autoencoder(latent_dim, image_shape=x.shape[1:])
    model.compile("adam", loss="mse", jit_compile=False)
    history = model.fit(
        x[held:], x[held:], validation_data=(x[:held], x[:held]), epochs=epochs, batch_size=256, verbose=0
    )
    return model, history.history


def reconstruction_errors(model, images):
    images = np.asarray(images, "float32")
    output = np.asarray(model(images, training=False))
    return np.mean(np.square(images - output), axis=tuple(range(1, images.ndim)))


def find_anomalies(model, normal_images, images, false_alarm_rate=0.05):
    threshold = np.quantile(reconstruction_errors(model, normal_images), 1 - false_alarm_rate)
    return reconstruction_errors(model, images) > threshold


def export_halves(model, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    model.encoder.save(folder / "encoder.keras")
    model.decoder.save(folder / "decoder.keras")
