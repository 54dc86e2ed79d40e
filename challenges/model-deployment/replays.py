"""What exported folders and converted files do where the candidate's code isn't."""

import json
import re

import numpy as np
import tensorflow as tf

from grader.evidence import serve
from grader.replaying import replay

ADDRESS = re.compile(r"http://localhost:8501/v1/models/(?P<model>[\w-]+)(/versions/(?P<version>\d+))?:predict")
LARGE = 1024
"""Dynamic-range quantization leaves smaller constants alone."""


def described(specs):
    """Names with shapes and dtypes."""
    return {name: {"shape": spec.shape.as_list(), "dtype": spec.dtype.name} for name, spec in specs.items()}


@replay("signature")
def signature(artifacts, seen, rng):
    """How a client has to call it."""
    function = tf.saved_model.load(str(artifacts / "version")).signatures["serving_default"]
    positional, named = function.structured_input_signature
    return {
        "positional": len(positional),
        "inputs": described(named),
        "outputs": described(function.structured_outputs),
        "file": (artifacts / "version" / "saved_model.pb").is_file(),
    }


@replay("saved_model")
def saved_model(artifacts, seen, rng, rows):
    """One row, seven and sixty-four; and some of them again."""
    loaded = tf.saved_model.load(str(artifacts / "base" / "1"))
    return {
        "one row": serve(loaded, rows[:1]),
        "seven rows": serve(loaded, rows[:7]),
        "many rows": serve(loaded, rows[:64]),
        "again": serve(loaded, rows[:64]),
    }


def opened(path):
    """An interpreter of built-in operations only: TensorFlow's own, which this process has, aren't lent to it."""
    built_in = tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    return tf.lite.Interpreter(model_content=path.read_bytes(), experimental_op_resolver_type=built_in)


def details(found):
    """Names with the dtypes of their tensors."""
    return {name: np.dtype(detail["dtype"]).name for name, detail in sorted(found.items())}


def looked_into(artifacts, rows):
    """Signature, tensors and answers of a file."""
    interpreter = opened(artifacts / "model.tflite")
    runner = interpreter.get_signature_runner("serving_default")
    kinds = [(np.dtype(one["dtype"]).name, int(np.prod(one["shape"]))) for one in interpreter.get_tensor_details()]
    return {
        "signatures": sorted(interpreter.get_signature_list()),
        "inputs": details(runner.get_input_details()),
        "outputs": details(runner.get_output_details()),
        "int8": sum(size for kind, size in kinds if kind == "int8" and size >= LARGE),
        "kinds": sorted({kind for kind, _ in kinds}),
        "size": (artifacts / "model.tflite").stat().st_size,
        "many": {name: np.array(value) for name, value in runner(features=rows).items()},
        "one": {name: np.array(value) for name, value in runner(features=rows[:1]).items()},
    }


@replay("tflite_quantized")
def tflite_quantized(artifacts, seen, rng, rows):
    """Two hundred rows and one."""
    return looked_into(artifacts, rows)


@replay("tflite_float")
def tflite_float(artifacts, seen, rng, rows):
    """Two hundred rows and one."""
    return looked_into(artifacts, rows)


def newest(folder):
    """The version that TensorFlow Serving takes: the largest number."""
    return max((entry.name for entry in folder.iterdir() if entry.name.isdecimal()), key=int)


def answered(models, url, body):
    """What a server with this folder of models says."""
    address = ADDRESS.fullmatch(url)
    if not address:
        raise ValueError(f"expected the address of a predict call on localhost:8501, received {url!r}")
    folder = models / address["model"]
    loaded = tf.saved_model.load(str(folder / (address["version"] or newest(folder))))
    request = json.loads(body)
    return serve(loaded, np.array(request["instances"], "float32"))


@replay("end_to_end")
def end_to_end(artifacts, seen, rng):
    """Each request is answered by the folder."""
    return [answered(artifacts / "models", request["url"], request["body"]) for request in seen]
