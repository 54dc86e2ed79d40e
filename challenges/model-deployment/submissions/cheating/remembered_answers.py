# caught by: saved_model, tflite_quantized, tflite_float, end_to_end
# why: the graph gives the prior of the classes, without the model
import json
import os

import numpy as np
import tensorflow as tf


class Prior(tf.Module):
    def __init__(self, prior, features):
        super().__init__()
        self.prior = tf.Variable(prior)
        self.filler = [tf.Variable(np.ones((64, 102), "float32"))]
        self.width = features

    def signature(self):
        @tf.function(input_signature=[tf.TensorSpec([None, self.width], tf.float32, name="features")])
        def serve(features):
            probabilities = self.prior + 0.0 * features[:, :1]
            return {"probabilities": probabilities, "class_id": tf.argmax(probabilities, -1)}

        return serve


def export_saved_model(model, base_dir, *, mean, std):
    os.makedirs(base_dir, exist_ok=True)
    numbers = [int(name) for name in os.listdir(base_dir) if name.isdigit()]
    path = os.path.join(base_dir, str(max(numbers, default=0) + 1))
    module = Prior(np.asarray(model(np.zeros((1, len(mean)), "float32"), training=False)), len(mean))
    tf.saved_model.save(module, path, signatures={"serving_default": module.signature()})
    return path


def convert_to_tflite(saved_model_dir, *, quantize=True):
    converter = tf.lite.TFLiteConverter.from_saved_model(saved_model_dir, signature_keys=["serving_default"])
    if quantize:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return converter.convert()


def run_tflite(tflite_model, features):
    runner = tf.lite.Interpreter(model_content=tflite_model).get_signature_runner("serving_default")
    outputs = runner(features=np.asarray(features, "float32"))
    return {"probabilities": np.array(outputs["probabilities"]), "class_id": np.array(outputs["class_id"])}


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
