"""The saved model, where the candidate's code does not exist."""

import keras
import numpy as np

from grader.replaying import replay


@replay("model_takes_raw_rows")
def model_takes_raw_rows(artifacts, seen, rng, rows):
    """Raw rows with holes go in."""
    model = keras.saving.load_model(artifacts / "model.keras")
    return {
        "outputs": np.asarray(model(rows), "float32"),
        "one row": np.asarray(model(rows[5:6]), "float32"),
        "input": [str(size) for size in model.input_shape],
    }
