"""What the exported classifier answers where the candidate's code isn't."""

import numpy as np
import tensorflow as tf

from grader.evidence import serve
from grader.replaying import replay


def answer(loaded, images):
    """The one output of the served function."""
    outputs = serve(loaded, images)
    if len(outputs) != 1:
        raise ValueError(f"expected one output of serving_default, received {len(outputs)}")
    return np.asarray(next(iter(outputs.values())))


@replay("served_without_augmentation")
def served_without_augmentation(artifacts, seen, rng, shown):
    """The same pictures twice, and one of them by itself."""
    loaded = tf.saved_model.load(str(artifacts / "served"))
    specs = list(loaded.signatures["serving_default"].structured_input_signature[1].values())
    return {
        "once": answer(loaded, shown),
        "twice": answer(loaded, shown),
        "alone": answer(loaded, shown[:1]),
        "inputs": [{"shape": spec.shape.as_list(), "dtype": spec.dtype.name} for spec in specs],
    }
