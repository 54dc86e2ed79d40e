"""What is looked at: exported folders, converted files, and the texts that a client sends and reads.

Folders and files are handed over; replays.py opens them where the solution does not exist.
"""

import contextlib
import hashlib
import json
import os
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from grader.probing import artifact, f32, probe, raised, scratch, shared

FEATURES, CLASSES = 20, 5


def classifier(rng):
    """A classifier as it comes out of training, with two weight matrices that are large enough to be quantized."""
    inputs = keras.Input((FEATURES,))
    hidden = keras.layers.Dense(96, activation="relu")(inputs)
    hidden = keras.layers.BatchNormalization()(hidden)
    hidden = keras.layers.Dropout(0.3)(hidden)
    hidden = keras.layers.Dense(48, activation="relu")(hidden)
    model = keras.Model(inputs, keras.layers.Dense(CLASSES, activation="softmax")(hidden))
    model.set_weights([learned(rng, variable) for variable in model.weights])
    return model


def learned(rng, variable):
    """Values that a weight of this name could have after training."""
    shape = tuple(variable.shape)
    ranges = {"gamma": (0.6, 1.5), "beta": (-0.3, 0.3), "moving_mean": (0.2, 0.7), "moving_variance": (0.3, 1.2)}
    if variable.name in ranges:
        return rng.uniform(*ranges[variable.name], shape).astype("float32")
    scale = 0.1 if variable.name == "bias" else np.sqrt(2 / shape[0])
    return (scale * rng.standard_normal(shape)).astype("float32")


def export(solution, model, base, scaling):
    """Export with copies of mean and std, so that no case depends on what another did to them."""
    return solution.export_saved_model(model, base, mean=scaling["mean"].copy(), std=scaling["std"].copy())


@contextlib.contextmanager
def working_in(folder):
    """Relative paths mean this folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def digest(folder):
    """One number for all files below a folder and their names."""
    found = hashlib.sha256()
    for path in sorted(Path(folder).rglob("*")):
        found.update(str(path.relative_to(folder)).encode() + (path.read_bytes() if path.is_file() else b""))
    return found.hexdigest()


@probe("signature")
def signature(solution, rng, scaling):
    """What the new version looks like from outside."""
    folder = scratch()
    with working_in(folder):
        path = export(solution, classifier(rng), "served", scaling)
        artifact(folder / path, "version")
    return {"path": path}


@probe("saved_model")
def saved_model(solution, rng, scaling):
    """The export stays as it was when the live model and the arrays change."""
    folder = scratch()
    base, model = folder / "models" / "base", classifier(rng)
    mean, std = scaling["mean"].copy(), scaling["std"].copy()
    solution.export_saved_model(model, str(base), mean=mean, std=std)
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    mean[:], std[:] = 0, 1
    artifact(base, "base")
    return {"names": sorted(entry.name for entry in base.iterdir())}


@probe("versions")
def versions(solution, rng, scaling):
    """Two versions more than 10; everything that was there stays."""
    folder = scratch()
    base = folder / "m"
    for name in ("2", "10", "canary", "temp-30"):
        (base / name).mkdir(parents=True)
    (base / "10" / "weights.bin").write_bytes(rng.bytes(50))
    (base / "notes.txt").write_text("Ask before you delete.")
    with working_in(folder):
        before = {"10": digest(base / "10")}
        first = export(solution, classifier(rng), "m", scaling)
        before["first"] = digest(folder / first)
        second = export(solution, classifier(rng), "m", scaling)
        after = {"10": digest(base / "10"), "first": digest(folder / first)}
    return {
        "returned": [first, second],
        "ten": after["10"],
        "untouched": before == after,
        "entries": sorted(entry.name for entry in base.iterdir()),
        "saved": [(base / name / "saved_model.pb").is_file() for name in ("11", "12")],
    }


@shared
def exported(solution, rng, scaling):
    """One export for both conversions."""
    return export(solution, classifier(rng), str(scratch() / "lite"), scaling)


@probe("tflite_quantized")
def tflite_quantized(solution, rng, exported):
    """A file with small weights."""
    return hand_over(solution.convert_to_tflite(exported))


@probe("tflite_float")
def tflite_float(solution, rng, exported):
    """A file with the weights as they are."""
    return hand_over(solution.convert_to_tflite(exported, quantize=False))


def hand_over(content):
    """Give the file to the replay half, which looks into it."""
    path = scratch() / "model.tflite"
    path.write_bytes(content)
    artifact(path)
    return {"kind": type(content).__name__}


class Linear(tf.Module):
    """A softmax over 6 features and 3 classes, made here and not by a solution."""

    def __init__(self, kernel):
        super().__init__()
        self.kernel = kernel

    @tf.function(input_signature=[tf.TensorSpec((None, 6), tf.float32, name="features")])
    def serve(self, features):
        probabilities = tf.nn.softmax(features @ tf.constant(self.kernel))
        return {"probabilities": probabilities, "class_id": tf.argmax(probabilities, -1)}


@shared
def pairs(solution, rng):
    """Two SavedModels, each with its file."""
    made = []
    for _ in range(2):
        folder, module = str(scratch() / "linear"), Linear(f32(rng, 6, 3))
        tf.saved_model.save(module, folder, signatures={"serving_default": module.serve})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["serving_default"])
        made.append({"folder": folder, "file": converter.convert()})
    return made


@probe("run_tflite")
def run_tflite(solution, rng, pairs):
    """Nine rows, one row, and other kinds of numbers; what was returned first is read last."""
    file = pairs[0]["file"]
    rows, whole = f32(rng, 9, 6), rng.integers(-3, 4, (4, 6))
    first = solution.run_tflite(file, rows)
    return {
        "one row": solution.run_tflite(file, rows[:1]),
        "float64": solution.run_tflite(file, rng.normal(size=(5, 6))),
        "integers": solution.run_tflite(file, whole),
        "list": solution.run_tflite(file, whole.tolist()),
        "nine rows": {name: np.asarray(value) for name, value in first.items()},
    }


@probe("parity_report")
def parity_report(solution, rng, pairs):
    """A model with its own file, and with another's."""
    rows = f32(rng, 150, 6)
    return {
        "its own": solution.parity_report(pairs[0]["folder"], pairs[0]["file"], rows),
        "another's": solution.parity_report(pairs[0]["folder"], pairs[1]["file"], rows),
        "both ways": solution.parity_report(pairs[1]["folder"], pairs[0]["file"], rows),
    }


@probe("urls")
def urls(solution, rng):
    """Addresses with and without a version or a label."""
    host, number = f"models-{rng.integers(100)}.example", int(rng.integers(2, 90))
    return {
        "newest": solution.predict_url(host, "shop"),
        "version": solution.predict_url(host, "shop", version=number),
        "label": solution.predict_url(host, "shop", port=9000, label="canary"),
        "version 0": solution.predict_url(host, "shop", version=0),
        "both": raised(solution.predict_url, host, "shop", version=number, label="canary"),
        "both, version 0": raised(solution.predict_url, host, "shop", version=0, label="canary"),
    }


def refuse(name):
    """JSON has no such number."""
    raise AssertionError(f"expected JSON, received the word {name}")


def parsed(text):
    """The body as a strict reader sees it; how numbers are written is left free."""
    body = json.loads(text, parse_constant=refuse)
    return {"keys": sorted(body), "name": body.get("signature_name"), "rows": np.array(body["instances"], "float64")}


@probe("request_body")
def request_body(solution, rng):
    """Arrays, lists, one vector, integers, a tensor; and numbers that JSON doesn't have."""
    ask, bad = solution.predict_request, f32(rng, 2, 3)
    bad[1, 2] = np.nan
    return {
        "array": parsed(ask(f32(rng, 3, 4))),
        "list": parsed(ask(f32(rng, 2, 3).tolist(), signature_name="serving_default")),
        "vector": parsed(ask(f32(rng, 5))),
        "integers": parsed(ask(rng.integers(0, 9, (2, 3)))),
        "tensor": parsed(ask(tf.constant(f32(rng, 2, 2)))),
        "nan": raised(ask, bad),
        "infinity": raised(ask, [[1.0, float("-inf")]]),
    }


def complaint(function, status, body, message):
    """What is raised, and whether it passes the server's words on."""
    try:
        function(status, body)
    except RuntimeError as error:
        return ["RuntimeError", message in str(error)]
    except Exception:  # noqa: BLE001 - whatever it is, it is not the one that was asked for
        return ["another exception", False]
    return ["nothing raised", False]


@probe("parse_response")
def parse_response(solution, rng):
    """Every form of an answer, and several ways of not getting one."""
    read = solution.parse_response
    scores, ids = np.round(rng.uniform(size=(4, 3)), 6).tolist(), rng.integers(0, 3, 4).tolist()
    objects = [{"probabilities": row, "class_id": number} for row, number in zip(scores, ids, strict=True)]
    trouble = f"Could not find model, try {rng.integers(100, 999)}."
    return {
        "objects": read(200, json.dumps({"predictions": objects})),
        "rows": read(200, json.dumps({"predictions": scores})),
        "integers": read(200, json.dumps({"predictions": ids})),
        "columns": read(200, json.dumps({"outputs": {"probabilities": scores, "class_id": ids}})),
        "one column": read(200, json.dumps({"outputs": scores})),
        "empty": list(np.asarray(read(200, '{"predictions": []}')).shape),
        "status 400": complaint(read, 400, json.dumps({"error": trouble}), trouble),
        "error with status 200": complaint(read, 200, json.dumps({"error": trouble}), trouble),
        "page of a proxy": complaint(read, 502, "<html><h1>Bad Gateway</h1></html>", ""),
        "page with status 200": complaint(read, 200, "<html>Log in first</html>", ""),
        "answer with status 503": complaint(read, 503, json.dumps({"predictions": scores}), ""),
    }


@probe("end_to_end")
def end_to_end(solution, rng, scaling):
    """Two versions of a shop's model, and two requests: one for the newest, one for the first."""
    folder = scratch()
    base = folder / "models" / "shop"
    for _ in range(2):
        export(solution, classifier(rng), str(base), scaling)
    artifact(folder / "models")
    rows = (scaling["mean"] + scaling["std"] * rng.normal(size=(3, FEATURES))).astype("float32")
    return [
        {"url": solution.predict_url("localhost", "shop"), "body": solution.predict_request(rows)},
        {"url": solution.predict_url("localhost", "shop", version=1), "body": solution.predict_request(rows[1])},
    ]
