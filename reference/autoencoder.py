"""An autoencoder of dense layers, its training, and what it is good for: codes, and a number for how odd an image is.

    code = E(image)            image' = D(code)            error = mean over pixels of (image - image')**2

The code has no activation. With a `relu` there, a unit that is negative for all images gets no gradient and stays at 0
for good, and the rest of the code can only use half of the line. Without any nonlinearity at all the best such model is
the projection on the first principal components (Baldi and Hornik: Neural networks and principal component analysis.
Neural Networks 2, 1989), which makes PCA the yardstick: an autoencoder that isn't better has not been trained.

The noise of `Autoencoder(noise=...)` is that of a denoising autoencoder: corrupted input, clean target (Vincent et al.,
ICML 2008, https://doi.org/10.1145/1390156.1390294).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

Images = Any  # an array or a tensor
BATCH = 64
ROWS_AT_ONCE = 1024
HELD_BACK = 0.1
WHITE = 255.0


class Autoencoder(keras.Model):
    """Dense layers down to a code and, mirrored, up again to an image.

    Both halves are models with an input of known shape, so that all weights exist at once and either half can be saved
    alone with nothing but built-in layers in it.

    Args:
        latent_dim: numbers in a code.
        image_shape: of one image, of any rank.
        hidden: widths of the layers between the image and the code.
        noise: standard deviation of what is added to images in training.
        **kwargs: of `keras.Model`, such as `name`.
    """

    def __init__(
        self,
        latent_dim: int,
        image_shape: Sequence[int] = (28, 28),
        hidden: Sequence[int] = (128, 64),
        noise: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.latent_dim = int(latent_dim)
        self.image_shape = tuple(int(size) for size in image_shape)
        self.hidden = tuple(int(width) for width in hidden)
        self.noise = float(noise)
        self.corrupt = layers.GaussianNoise(self.noise)
        self.encoder = keras.Sequential(
            [
                keras.Input(self.image_shape),
                layers.Flatten(),
                *[layers.Dense(width, activation="relu") for width in self.hidden],
                layers.Dense(self.latent_dim),
            ],
            name="encoder",
        )
        self.decoder = keras.Sequential(
            [
                keras.Input((self.latent_dim,)),
                *[layers.Dense(width, activation="relu") for width in reversed(self.hidden)],
                layers.Dense(math.prod(self.image_shape), activation="sigmoid"),
                layers.Reshape(self.image_shape),
            ],
            name="decoder",
        )
        self.built = True  # there is nothing left to build: both halves know their inputs

    def encode(self, images: Images) -> Any:
        """Codes (N, latent_dim) of images (N, *image_shape) in 0..1."""
        return self.encoder(images)

    def decode(self, codes: Images) -> Any:
        """Images (N, *image_shape) in 0..1 of codes (N, latent_dim)."""
        return self.decoder(codes)

    def call(self, images: Images, training: bool | None = None) -> Any:
        """Images through the bottleneck; noise is added to them in training only."""
        return self.decode(self.encode(self.corrupt(images, training=training)))

    def get_config(self) -> dict[str, Any]:
        """Every argument of the constructor: Keras can't guess those of a subclass."""
        own = {"image_shape": list(self.image_shape), "hidden": list(self.hidden), "noise": self.noise}
        return super().get_config() | {"latent_dim": self.latent_dim} | own


def train_autoencoder(
    images: npt.ArrayLike, latent_dim: int, epochs: int = 40, seed: int = 0
) -> tuple[Autoencoder, dict[str, list[float]]]:
    """Train on uint8 images (N, H, W); a tenth of them is held back for `val_loss`.

    What counts is the number of steps, not that of epochs: 1300 images in batches of 64 give 19 steps, so that 10
    epochs in batches of 256, enough for a large data set, are over before anything is learned.

    Returns the model, for images in 0..1, and its losses, one for each epoch.
    """
    pixels = np.asarray(images).astype(np.float32) / np.float32(WHITE)
    order = np.random.default_rng(seed).permutation(len(pixels))
    count = max(1, round(HELD_BACK * len(pixels)))
    validation, training = pixels[order[:count]], pixels[order[count:]]
    keras.utils.set_random_seed(seed)
    model = Autoencoder(latent_dim, image_shape=pixels.shape[1:])
    model.compile(keras.optimizers.Adam(2e-3), loss="mse", jit_compile=False)
    run: Any = model.fit(
        training,
        training,
        validation_data=(validation, validation),
        epochs=epochs,
        batch_size=BATCH,
        verbose=0,
    )
    return model, {key: [float(loss) for loss in losses] for key, losses in run.history.items()}


def reconstruction_errors(model: Autoencoder, images: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The mean squared error (N,) of each image in 0..1, over all axes but the first, without noise."""
    originals = np.asarray(images, np.float32)
    errors = [np.zeros(0)]
    for start in range(0, len(originals), ROWS_AT_ONCE):
        rows = originals[start : start + ROWS_AT_ONCE]
        squares = np.square(rows.astype(np.float64) - np.asarray(model(rows, training=False)))
        errors.append(squares.mean(axis=tuple(range(1, rows.ndim))))
    return np.concatenate(errors)


def find_anomalies(
    model: Autoencoder, normal_images: npt.ArrayLike, images: npt.ArrayLike, false_alarm_rate: float = 0.05
) -> npt.NDArray[np.bool_]:
    """Which images (N,) have a larger error than all but `false_alarm_rate` of the normal ones.

    The normal images should be none that the model was trained on, whose errors are too small. The images themselves
    play no part in the threshold, or a stream of nothing but damaged ones would look normal.
    """
    threshold = np.quantile(reconstruction_errors(model, normal_images), 1 - false_alarm_rate)
    return reconstruction_errors(model, images) > threshold


def export_halves(model: Autoencoder, folder: str | Path) -> None:
    """Write `encoder.keras` and `decoder.keras`, which hold built-in layers only, into `folder`, made if need be."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    model.encoder.save(place / "encoder.keras")
    model.decoder.save(place / "decoder.keras")
