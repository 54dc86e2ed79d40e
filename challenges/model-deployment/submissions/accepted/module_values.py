# style: a tf.Module that keeps the raw variables, saved plainly; an interpreter that is resized by hand
import json
import os

import numpy as np
import tensorflow as tf


class Served(tf.Module):
    def __init__(self, model, mean, std):
        super().__init__()
        self.values = [variable.value for variable in model.variables]
        self.model = model
        self.mean = np.asarray(mean, "float32")
        self.std = np.asarray(std, "float32")

    def serve(self, features):
        probabilities = self.model((features - self.mean) / self.std, training=False)
        return {"probabilities": probabilities, "class_id": tf.argmax(probabilities, 1)}


def export_saved_model(model, base_dir, *, mean, std):
    version = 1
    if os.path.isdir(base_dir):
        for name in os.listdir(base_dir):
            try:
                version = max(version, int(name) + 1)
            except ValueError:
                continue
    path = os.path.join(base_dir, str(version))
    served = Served(model, mean, std)
    spec = tf.TensorSpec((None, len(mean)), tf.float32, name="features")
    graph = tf.function(served.serve, input_signature=[spec])
    tf.saved_model.save(served, path, signatures={"serving_default": graph.get_concrete_function()})
    return path


def convert_to_tflite(saved_model_dir, *, quantize=True):
    converter = tf.lite.TFLiteConverter.from_saved_model(saved_model_dir, signature_keys=["serving_default"])
    if quantize:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return converter.convert()


def run_tflite(tflite_model, features):
    rows = np.array(features, dtype=np.float32)
    interpreter = tf.lite.Interpreter(model_content=tflite_model)
    place = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(place, rows.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(place, rows)
    interpreter.invoke()
    found = {}
    for detail in interpreter.get_output_details():
        value = interpreter.get_tensor(detail["index"])
        found["class_id" if value.ndim == 1 else "probabilities"] = value
    return found


def parity_report(saved_model_dir, tflite_model, features):
    served = tf.saved_model.load(saved_model_dir).signatures["serving_default"]
    one = served(features=tf.constant(np.asarray(features, "float32")))
    other = run_tflite(tflite_model, features)
    difference = np.abs(one["probabilities"].numpy() - other["probabilities"])
    same = one["class_id"].numpy() == other["class_id"]
    return {"max_abs_diff": float(difference.max()), "agreement": float(same.mean())}


def predict_url(host, model_name, *, port=8501, version=None, label=None):
    if version is not None and label is not None:
        raise ValueError("a version or a label, not both")
    path = f"/v1/models/{model_name}"
    if version is not None:
        path += f"/versions/{version}"
    if label is not None:
        path += f"/labels/{label}"
    return f"http://{host}:{port}{path}:predict"


def predict_request(instances, *, signature_name=None):
    rows = np.asarray(instances)
    if rows.ndim == 1:
        rows = rows[None]
    body = {"instances": rows.tolist()}
    if signature_name is not None:
        body["signature_name"] = signature_name
    return json.dumps(body, allow_nan=False)


def _array(values):
    array = np.asarray(values)
    return array.astype("int64" if array.dtype.kind == "i" else "float32")


def parse_response(status_code, body):
    try:
        answer = json.loads(body)
    except ValueError:
        raise RuntimeError(f"status {status_code}, no JSON: {body[:100]}")
    if status_code != 200 or "error" in answer:
        raise RuntimeError(f"status {status_code}: {answer.get('error')}")
    if "outputs" in answer:
        columns = answer["outputs"]
        if isinstance(columns, dict):
            return {name: _array(values) for name, values in columns.items()}
        return _array(columns)
    rows = answer["predictions"]
    if rows and isinstance(rows[0], dict):
        return {name: _array([row[name] for row in rows]) for name in rows[0]}
    return _array(rows)
