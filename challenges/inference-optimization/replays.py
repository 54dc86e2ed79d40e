"""What quantized files are made of, and what they answer, where the candidate's code isn't."""

import numpy as np
import tensorflow as tf

from grader.replaying import replay

LARGE = 1024
"""Dynamic-range quantization leaves smaller constants alone."""


def opened(path):
    """An interpreter and the dtypes of its input and output."""
    interpreter = tf.lite.Interpreter(model_content=path.read_bytes())
    ends = [*interpreter.get_input_details(), *interpreter.get_output_details()]
    return interpreter, [np.dtype(end["dtype"]).name for end in ends]


def kinds(interpreter, least=0):
    """The dtypes of the tensors that have at least so many elements."""
    found = {np.dtype(one["dtype"]).name for one in interpreter.get_tensor_details() if np.prod(one["shape"]) >= least}
    return sorted(found)


def run(interpreter, rows):
    """The output for rows of the input's own type."""
    place = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(place, rows.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(place, rows)
    interpreter.invoke()
    return np.array(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))


@replay("int8_integers_only")
def int8_integers_only(artifacts, seen, rng):
    """Types, the input's scale, and the size."""
    path = artifacts / "integers.tflite"
    interpreter, ends = opened(path)
    scale = float(interpreter.get_input_details()[0]["quantization"][0])
    return {"ends": ends, "kinds": kinds(interpreter), "scale": scale, "size": path.stat().st_size}


@replay("int8_accuracy")
def int8_accuracy(artifacts, seen, rng, held_out):
    """Classes of digits that the calibration has not seen."""
    interpreter, ends = opened(artifacts / "digits.tflite")
    if ends != ["uint8", "uint8"]:
        raise ValueError(f"expected uint8 input and output, received {ends}")
    scale, zero = interpreter.get_input_details()[0]["quantization"]
    rows = np.clip(np.round(held_out / scale) + zero, 0, 255).astype("uint8")
    return {"predictions": run(interpreter, rows).argmax(-1)}


@replay("modes")
def modes(artifacts, seen, rng, held_out):
    """Types, size and answers of both files."""
    found = {}
    for mode in ("dynamic", "float16"):
        path = artifacts / f"{mode}.tflite"
        interpreter, ends = opened(path)
        large, every = kinds(interpreter, LARGE), kinds(interpreter)
        found[mode] = {
            "ends": ends,
            "int8": "int8" in large,
            "float16": "float16" in every,
            "size": path.stat().st_size,
            "output": run(interpreter, held_out[:40]),
        }
    return found
