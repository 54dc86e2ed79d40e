import keras
import numpy as np
import tensorflow as tf


class Autoencoder(keras.Model):
    """Dense layers down to a code of `latent_dim` numbers and up again to an image of `image_shape`."""

    def __init__(self, latent_dim, image_shape=(28, 28), hidden=(128, 64), noise=0.0, **kwargs):
        """Make `encoder` and `decoder`, with all their weights."""
        raise NotImplementedError

    def encode(self, images):
        """Codes (N, latent_dim) of images (N, *image_shape)."""
        raise NotImplementedError

    def decode(self, codes):
        """Images (N, *image_shape) of codes (N, latent_dim)."""
        raise NotImplementedError

    def call(self, images, training=None):
        """Images through the bottleneck; in training, noise is added to them first."""
        raise NotImplementedError


def train_autoencoder(images, latent_dim, epochs=40, seed=0):
    """Train on uint8 images (N, H, W). Return the model and a dict with the lists "loss" and "val_loss"."""
    raise NotImplementedError


def reconstruction_errors(model, images):
    """The mean squared error of each image, (N,)."""
    raise NotImplementedError


def find_anomalies(model, normal_images, images, false_alarm_rate=0.05):
    """Which images are reconstructed worse than normal ones are, bool (N,)."""
    raise NotImplementedError


def export_halves(model, folder):
    """Write encoder.keras and decoder.keras."""
    raise NotImplementedError
