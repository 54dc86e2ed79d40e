# style: a loop with GradientTape and its own history, percentiles, halves behind wrapping functional models
import math
import pathlib

import keras
import numpy as np
import tensorflow as tf
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
    optimizer = keras.optimizers.Adam(2e-3)
    optimizer.build(model.trainable_variables)
    kept, data = x[:held], x[held:]
    batches = tf.data.Dataset.from_tensor_slices(data).shuffle(len(data), seed=seed).batch(64)

    @tf.function
    def step(batch):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(batch - model(batch, training=True)))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    history = {"loss": [], "val_loss": []}
    for _ in range(epochs):
        history["loss"].append(float(np.mean([step(batch) for batch in batches])))
        history["val_loss"].append(float(np.mean(np.square(kept - model(kept)))))
    return model, history


def reconstruction_errors(model, images):
    images = np.asarray(images, "float32")
    output = np.asarray(model(images, training=False))
    return np.mean(np.square(images - output), axis=tuple(range(1, images.ndim)))


def find_anomalies(model, normal_images, images, false_alarm_rate=0.05):
    threshold = np.percentile(reconstruction_errors(model, normal_images), 100 - 100 * false_alarm_rate)
    return reconstruction_errors(model, images) > threshold


def export_halves(model, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, half in (("encoder", model.encoder), ("decoder", model.decoder)):
        inputs = keras.Input(half.input_shape[1:])
        keras.Model(inputs, half(inputs)).save(folder / f"{name}.keras")
