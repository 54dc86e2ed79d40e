"""Saved models in a process that has none of the candidate's code."""

import keras
import numpy as np

from grader.replaying import replay

POOLING = (
    keras.layers.MaxPooling2D,
    keras.layers.AveragePooling2D,
    keras.layers.GlobalMaxPooling2D,
    keras.layers.GlobalAveragePooling2D,
)
CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.SeparableConv2D, keras.layers.DepthwiseConv2D)
DROPOUTS = (
    keras.layers.Dropout,
    keras.layers.SpatialDropout2D,
    keras.layers.GaussianDropout,
    keras.layers.AlphaDropout,
)


@replay("architecture")
def architecture(artifacts, seen, rng):
    """How many layers of each kind the loaded model has."""
    model = load(artifacts)
    layers = list(model._flatten_layers(include_self=False))
    strided = [layer for layer in layers if isinstance(layer, CONVOLUTIONS) and max(np.ravel(layer.strides)) > 1]
    pooling = [layer for layer in layers if isinstance(layer, POOLING)]
    dropouts = [layer for layer in layers if isinstance(layer, DROPOUTS) and layer.rate > 0]
    return {
        "convolutions": sum(isinstance(layer, keras.layers.Conv2D) for layer in layers),
        "normalizations": sum(isinstance(layer, keras.layers.BatchNormalization) for layer in layers),
        "smaller": len(strided) + len(pooling),
        "dropouts": len(dropouts),
        "parameters": int(model.count_params()),
        "lambdas": sum(isinstance(layer, keras.layers.Lambda) for layer in layers),
    }


@replay("learns")
def learns(artifacts, seen, rng, held_out, digits):
    """Probabilities of images that the other process never saw, and of those that it was asked about."""
    model = load(artifacts)
    return {"held_out": probabilities(model, held_out), "others": probabilities(model, digits["others"])}


@replay("learns_sorted")
def learns_sorted(artifacts, seen, rng, held_out):
    """Probabilities of images that the other process never saw."""
    return {"held_out": probabilities(load(artifacts), held_out)}


def load(artifacts):
    return keras.models.load_model(artifacts / "model.keras")


def probabilities(model, images):
    """(N, H, W) uint8 to (N, classes)."""
    return np.asarray(model((images / 255).astype("float32")[..., np.newaxis]))
