"""From a trained model to what is shipped: a SavedModel, a TFLite file, and the client's half of a REST call.

What is shipped has to stand alone. The graph of the SavedModel holds the scaling of the features, the weights and the
inference mode; a client sends raw numbers and knows two names. The TFLite file is made from the SavedModel and not from
the Keras object, so there is one artifact that both targets descend from, and `parity_report` can compare the two.

`tf.keras.export.ExportArchive` rather than `tf.saved_model.save(model, ...)`: the variables of Keras 3 wrap those of
TensorFlow, and the TFLite converter freezes only what the saved object itself tracks. With the plain call it drops the
weights without a word and its file answers NaN.

TensorFlow Serving: https://www.tensorflow.org/tfx/serving/api_rest
Dynamic-range quantization: https://ai.google.dev/edge/litert/models/post_training_quantization
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

SIGNATURE = "serving_default"
OK = 200


def _next_version(base: Path) -> int:
    """One more than the largest entry that is a whole number: 10 comes after 2, and names that aren't numbers don't
    count.
    """
    return 1 + max((int(entry.name) for entry in base.iterdir() if entry.name.isdecimal()), default=0)


def _archive(model: Any, mean: np.ndarray, std: np.ndarray) -> Any:
    """The model with its scaling as one endpoint: raw features in, probabilities and classes out."""
    shift, scale = tf.constant(mean, tf.float32), tf.constant(std, tf.float32)

    def serve(features: tf.Tensor) -> dict[str, tf.Tensor]:
        probabilities = model((features - shift) / scale, training=False)
        return {"probabilities": probabilities, "class_id": tf.argmax(probabilities, axis=-1, output_type=tf.int64)}

    archive = tf.keras.export.ExportArchive()
    archive.track(model)
    raw = tf.TensorSpec([None, len(mean)], tf.float32, name="features")
    archive.add_endpoint(SIGNATURE, serve, input_signature=[raw])
    return archive


def export_saved_model(model: Any, base_dir: str, *, mean: np.ndarray, std: np.ndarray) -> str:
    """Write the next version below `base_dir` and return its path.

    The signature `serving_default` takes `features`, float32 (None, F), as they were measured, and returns
    `probabilities`, float32 (None, C), of `model((features - mean) / std)` in inference mode, and `class_id`, int64
    (None,).

    The version is written beside its place and moved there when it is whole, since a server that watches the folder
    loads whatever number appears in it.

    Args:
        model: a built Keras model (N, F) -> (N, C).
        base_dir: the folder of this model's versions; made if it isn't there.
        mean: (F,), subtracted from the features.
        std: (F,), divides them; no zeros.
    """
    base = Path(base_dir)
    base.mkdir(parents=True, exist_ok=True)
    version = str(_next_version(base))
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=base) as folder:
        written = Path(folder) / version
        _archive(model, np.asarray(mean), np.asarray(std)).write_out(str(written), verbose=False)
        written.rename(base / version)
    return os.path.join(base_dir, version)  # noqa: PTH118 - the caller's own spelling of base_dir is kept


def convert_to_tflite(saved_model_dir: str, *, quantize: bool = True) -> bytes:
    """Return a TFLite file with the signature of the SavedModel, of built-in operations only.

    With `quantize` the large constants (1024 elements or more) become int8 with a float scale for each channel, while
    inputs, outputs and activations between operations stay float32. Otherwise everything is float32.
    """
    converter = tf.lite.TFLiteConverter.from_saved_model(saved_model_dir, signature_keys=[SIGNATURE])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    if quantize:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return bytes(converter.convert())


def run_tflite(tflite_model: bytes, features: Any) -> dict[str, np.ndarray]:
    """Run the signature on (N, F) numbers. Returns `probabilities`, float32 (N, C), and `class_id`, int64 (N,).

    The interpreter owns the memory of its outputs and reuses it, so they are copied.
    """
    interpreter = tf.lite.Interpreter(model_content=tflite_model)
    runner = interpreter.get_signature_runner(SIGNATURE)
    outputs = runner(features=np.asarray(features, np.float32))
    return {name: np.array(outputs[name]) for name in ("probabilities", "class_id")}


def parity_report(saved_model_dir: str, tflite_model: bytes, features: Any) -> dict[str, float]:
    """Compare the two artifacts on the same rows.

    Returns `max_abs_diff`, the largest distance of two probabilities, and `agreement`, the share of rows that both give
    to the same class. The first finds a broken file; the second is what a user of the model would notice.
    """
    served = tf.saved_model.load(saved_model_dir).signatures[SIGNATURE]
    expected = served(features=tf.constant(np.asarray(features, np.float32)))
    received = run_tflite(tflite_model, features)
    difference = np.abs(expected["probabilities"].numpy() - received["probabilities"])
    same = expected["class_id"].numpy() == received["class_id"]
    return {"max_abs_diff": float(difference.max()), "agreement": float(same.mean())}


def predict_url(
    host: str, model_name: str, *, port: int = 8501, version: int | None = None, label: str | None = None
) -> str:
    """Return the address of TensorFlow Serving's predict call, of the newest version unless one is asked for.

    Raises:
        ValueError: a version and a label at once; the label already stands for a version.
    """
    if version is not None and label is not None:
        raise ValueError(f"expected a version or a label. Received: version={version}, label={label!r}")
    chosen = ""
    if version is not None:  # not `if version`: 0 is a version
        chosen = f"/versions/{version}"
    elif label is not None:
        chosen = f"/labels/{label}"
    return f"http://{host}:{port}/v1/models/{model_name}{chosen}:predict"


def predict_request(instances: Any, *, signature_name: str | None = None) -> str:
    """Return a request body in row format for (N, F) instances; one vector (F,) is one row.

    Raises:
        ValueError: a number that is not finite. Python would write it as NaN or Infinity, which isn't JSON.
    """
    rows = np.atleast_2d(np.asarray(instances))
    body: dict[str, Any] = {} if signature_name is None else {"signature_name": signature_name}
    body["instances"] = rows.tolist()
    return json.dumps(body, allow_nan=False)


def _array(values: list[Any]) -> np.ndarray:
    """Whole numbers as int64, others as float32."""
    array = np.asarray(values)
    return array.astype(np.int64 if array.dtype.kind in "iu" else np.float32)


def _answer(status_code: int, body: str) -> dict[str, Any]:
    """The JSON object of a successful call. Raises RuntimeError with what the server said otherwise."""
    try:
        answer = json.loads(body)
    except json.JSONDecodeError as error:
        raise RuntimeError(f"expected JSON, received status {status_code} and {body[:200]!r}") from error
    if not isinstance(answer, dict):
        raise RuntimeError(f"expected a JSON object, received status {status_code} and {body[:200]!r}")
    if status_code != OK or "error" in answer:
        raise RuntimeError(f"status {status_code}: {answer.get('error', body[:200])}")
    return answer


def parse_response(status_code: int, body: str) -> dict[str, np.ndarray] | np.ndarray:
    """Return what a predict call answered: one array, or a dict of arrays by output name.

    Row format has `predictions`, a list with an entry for each row (an object where the signature has several outputs);
    column format has `outputs`, an array or an object of arrays.

    Raises:
        RuntimeError: the call failed, also where a failure comes with status 200 or as a proxy's HTML.
    """
    answer = _answer(status_code, body)
    if "outputs" in answer:
        columns = answer["outputs"]
        if isinstance(columns, dict):
            return {name: _array(values) for name, values in columns.items()}
        return _array(columns)
    if "predictions" not in answer:
        raise RuntimeError(f"expected predictions or outputs, received {sorted(answer)}")
    rows = answer["predictions"]
    if rows and isinstance(rows[0], dict):
        return {name: _array([row[name] for row in rows]) for name in rows[0]}
    return _array(rows)
