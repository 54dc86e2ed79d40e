# caught by: signature, saved_model, versions, tflite_quantized, tflite_float, run_tflite, parity_report, urls, request_body, parse_response, end_to_end
# why: what the question's answer shows, behind the names of the contract: Keras 3 refuses a folder, and the rest is a curl line
import json

import tensorflow as tf


def export_saved_model(model, base_dir, *, mean, std):
    model.save(base_dir)

    @tf.function(input_signature=[tf.TensorSpec([None, len(mean)], tf.float32)])
    def serve(x):
        return {"predictions": model(x)}

    tf.saved_model.save(model, base_dir + "_serving", signatures={"serving_default": serve})
    return base_dir


def convert_to_tflite(saved_model_dir, *, quantize=True):
    converter = tf.lite.TFLiteConverter.from_saved_model(saved_model_dir)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return converter.convert()


def run_tflite(tflite_model, features):
    interpreter = tf.lite.Interpreter(model_content=tflite_model)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], features)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def parity_report(saved_model_dir, tflite_model, features):
    return {}


def predict_url(host, model_name, *, port=8501, version=None, label=None):
    return "http://localhost:8501/v1/models/my_model:predict"


def predict_request(instances, *, signature_name=None):
    return json.dumps({"instances": instances})


def parse_response(status_code, body):
    return json.loads(body)["predictions"]
