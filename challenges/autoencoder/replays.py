"""The exported halves in a process that has none of the candidate's code, and images that it never saw."""

import keras
import numpy as np

from grader.replaying import replay


@replay("learns")
def learns(artifacts, seen, rng, held_out):
    """Through both halves."""
    codes = load(artifacts / "halves", "encoder")(held_out)
    return {"codes": np.asarray(codes), "images": np.asarray(load(artifacts / "halves", "decoder")(codes))}


@replay("useful_codes")
def useful_codes(artifacts, seen, rng, held_out, digits):
    """Codes of the training images and of new ones, from the encoder's file."""
    encoder = load(artifacts, "encoder")
    train = digits["train"].astype("float32") / 255
    return {"train": np.asarray(encoder(train)), "held_out": np.asarray(encoder(held_out))}


def load(folder, half):
    return keras.models.load_model(folder / f"{half}.keras")
