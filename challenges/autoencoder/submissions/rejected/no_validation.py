# caught by: training_run
# why: nothing is held back
import math
import pathlib

import keras
import numpy as np
from keras import layers


class Autoencoder(keras.Model):
    def __init__(self, latent_dim, image_shape=(28, 28), hidden=(128, 64), noise=0.0, **kwargs):
        super().__init__(**kwargs)
        self.settings = (latent_dim, tuple(image_shape), tuple(hidden), noise)
        self.noisy = layers.GaussianNoise(noise)
        self.encoder = keras.Sequential([keras.Input(tuple(image_shape)), layers.Flatten()])
        for width in hidden:
            self.encoder.add(layers.Dense(width, activation="relu"))
        self.encoder.add(layers.Dense(latent_dim))
        self.decoder = keras.Sequential([keras.Input((latent_dim,))])
        for width in reversed(hidden):
            self.decoder.add(layers.Dense(width, activation="relu"))
        self.decoder.add(layers.Dense(math.prod(image_shape), activation="sigmoid"))
        self.decoder.add(layers.Reshape(tuple(image_shape)))
        self.built = True

    def encode(self, images):
        return self.encoder(images)

    def decode(self, codes):
        return self.decoder(codes)

    def call(self, images, training=None):
        return self.decoder(self.encoder(self.noisy(images, training=training)))

    def get_config(self):
        latent_dim, image_shape, hidden, noise = self.settings
        return {
            **super().get_config(),
            "latent_dim": latent_dim,
            "image_shape": image_shape,
            "hidden": hidden,
            "noise": noise,
        }


def train_autoencoder(images, latent_dim, epochs=40, seed=0):
    keras.utils.set_random_seed(seed)
    x = images.astype("float32") / 255.0
    held = len(x) // 10
    model = Autoencoder(latent_dim, image_shape=x.shape[1:])
    model.compile(keras.optimizers.Adam(2e-3), loss="mse", jit_compile=False)
    history = model.fit(
        x[held:], x[held:], epochs=epochs, batch_size=64, verbose=0
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
