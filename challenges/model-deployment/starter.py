import json
import os

import numpy as np
import tensorflow as tf


def export_saved_model(model, base_dir, *, mean, std):
    """Write base_dir/VERSION with the signature serving_default: raw features in, probabilities and class_id out.

    Return the path of the new version.
    """
    raise NotImplementedError


def convert_to_tflite(saved_model_dir, *, quantize=True):
    """Return the bytes of a TFLite file with the same signature; int8 weights when quantize is true."""
    raise NotImplementedError


def run_tflite(tflite_model, features):
    """Return {"probabilities": float32 (N, C), "class_id": int64 (N,)} for (N, F) features."""
    raise NotImplementedError


def parity_report(saved_model_dir, tflite_model, features):
    """Return {"max_abs_diff": float, "agreement": float} of the two artifacts on the same rows."""
    raise NotImplementedError


def predict_url(host, model_name, *, port=8501, version=None, label=None):
    """Return the address of TensorFlow Serving's predict call."""
    raise NotImplementedError


def predict_request(instances, *, signature_name=None):
    """Return the JSON text of a request in row format."""
    raise NotImplementedError


def parse_response(status_code, body):
    """Return the predictions as an array or a dict of arrays, or raise RuntimeError."""
    raise NotImplementedError
