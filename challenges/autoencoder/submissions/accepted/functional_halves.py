# style: functional halves, noise from a seed generator of its own, binary cross-entropy, validation_split, errors with tf operations, a registered class
import math
import pathlib

import keras
import numpy as np
import tensorflow as tf
from keras import layers


@keras.saving.register_keras_serializable("mine")
class Autoencoder(keras.Model):
    def __init__(self, latent_dim, image_shape=(28, 28), hidden=(128, 64), noise=0.0, **kwargs):
        super().__init__(**kwargs)
        image_shape, hidden = tuple(image_shape), tuple(hidden)
        self.settings = (latent_dim, image_shape, hidden, noise)
        self.noise = noise
        self.seeds = keras.random.SeedGenerator()
        images = keras.Input(image_shape)
        x = layers.Reshape((math.prod(image_shape),))(images)
        for width in hidden:
            x = layers.ReLU()(layers.Dense(width)(x))
        self.encoder = keras.Model(images, layers.Dense(latent_dim)(x))
        codes = keras.Input((latent_dim,))
        x = codes
        for width in hidden[::-1]:
            x = layers.ReLU()(layers.Dense(width)(x))
        x = layers.Activation("sigmoid")(layers.Dense(math.prod(image_shape))(x))
        self.decoder = keras.Model(codes, layers.Reshape(image_shape)(x))
        self.built = True

    def encode(self, images):
        return self.encoder(images)

    def decode(self, codes):
        return self.decoder(codes)

    def call(self, images, training=None):
        if training and self.noise > 0:
            images = images + keras.random.normal(keras.ops.shape(images), 0.0, self.noise, seed=self.seeds)
        return self.decode(self.encode(images))

    def get_config(self):
        latent_dim, image_shape, hidden, noise = self.settings
        return {
            **super().get_config(),
            "latent_dim": latent_dim,
            "image_shape": image_shape,
            "hidden": hidden,
            "noise": noise,
        }


def train_autoencoder(images, latent_dim, epochs=45, seed=0):
    keras.utils.set_random_seed(seed)
    x = images.astype("float32") / 255.0
    model = Autoencoder(latent_dim, image_shape=x.shape[1:])
    model.compile(keras.optimizers.Adam(2e-3), loss="binary_crossentropy", jit_compile=False)
    history = model.fit(
        x, x, validation_split=0.1, epochs=epochs, batch_size=64, verbose=0
    )
    return model, history.history


def reconstruction_errors(model, images):
    images = tf.convert_to_tensor(images, tf.float32)
    squares = tf.math.squared_difference(images, model(images, training=False))
    return tf.reduce_mean(tf.reshape(squares, (tf.shape(images)[0], -1)), axis=1).numpy()


def find_anomalies(model, normal_images, images, false_alarm_rate=0.05):
    threshold = np.quantile(reconstruction_errors(model, normal_images), 1 - false_alarm_rate)
    return reconstruction_errors(model, images) > threshold


def export_halves(model, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    model.encoder.save(folder / "encoder.keras")
    model.decoder.save(folder / "decoder.keras")
