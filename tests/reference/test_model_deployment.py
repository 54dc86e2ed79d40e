"""The reference exports against NumPy's own forward pass, and the client against texts written by hand."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference.model_deployment import (
    convert_to_tflite,
    export_saved_model,
    parity_report,
    parse_response,
    predict_request,
    predict_url,
    run_tflite,
)

# TensorFlow 2.21 still has the interpreter that the contract is about, and tells whoever opens it of its successor.
pytestmark = pytest.mark.filterwarnings("ignore:(?s).*tf.lite.Interpreter is deprecated:UserWarning")

MEAN, STD = np.array([3.0, -5.0, 0.5, 8.0]), np.array([0.5, 2.0, 4.0, 1.5])


def model_of(seed):
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((4,))
    hidden = keras.layers.Dropout(0.5)(keras.layers.Dense(300, activation="relu")(inputs))
    return keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(hidden))


def by_hand(model, features):
    first, bias, second, last = model.get_weights()
    logits = np.maximum((features - MEAN) / STD @ first + bias, 0) @ second + last
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def model():
    return model_of(3)


@pytest.fixture(scope="module")
def features():
    return (MEAN + STD * np.random.default_rng(0).normal(size=(50, 4))).astype("float32")


@pytest.fixture(scope="module")
def exported(model, tmp_path_factory):
    return export_saved_model(model, str(tmp_path_factory.mktemp("models") / "new"), mean=MEAN, std=STD)


@pytest.fixture(scope="module")
def quantized(exported):
    return convert_to_tflite(exported)


def test_the_export_scales_and_predicts(model, exported, features):
    answer = tf.saved_model.load(exported).signatures["serving_default"](features=tf.constant(features))
    expected = by_hand(model, features)
    np.testing.assert_allclose(answer["probabilities"], expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(answer["class_id"], expected.argmax(axis=1))


def test_the_signature_names_what_it_takes(exported):
    function = tf.saved_model.load(exported).signatures["serving_default"]
    assert function.structured_input_signature == ((), {"features": tf.TensorSpec((None, 4), tf.float32, "features")})


def test_versions_are_numbers(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("2", "10", "canary"):
        (tmp_path / "m" / name).mkdir(parents=True)
    assert export_saved_model(model, "m", mean=MEAN, std=STD) == "m/11"
    assert sorted(entry.name for entry in (tmp_path / "m").iterdir()) == ["10", "11", "2", "canary"]


def test_a_broken_export_leaves_nothing_behind(tmp_path):
    with pytest.raises(Exception, match=r"(?i)shape|dimension"):
        export_saved_model(model_of(1), str(tmp_path), mean=MEAN[:3], std=STD[:3])
    assert not list(tmp_path.iterdir())


def test_quantized_weights_are_int8_and_answer_almost_the_same(model, quantized, features):
    tensors = tf.lite.Interpreter(model_content=quantized).get_tensor_details()
    assert sum(np.prod(one["shape"]) for one in tensors if one["dtype"] == np.int8) >= 2400
    np.testing.assert_allclose(run_tflite(quantized, features)["probabilities"], by_hand(model, features), atol=0.02)


def test_a_float_file_answers_the_same(model, exported, features):
    file = convert_to_tflite(exported, quantize=False)
    answer = run_tflite(file, features.astype("float64").tolist())
    np.testing.assert_allclose(answer["probabilities"], by_hand(model, features), atol=1e-5)
    assert (answer["probabilities"].dtype, answer["class_id"].dtype) == (np.float32, np.int64)


def test_parity_tells_a_file_from_another(model, exported, quantized, features, tmp_path):
    other = convert_to_tflite(export_saved_model(model_of(8), str(tmp_path), mean=MEAN, std=STD))
    assert parity_report(exported, quantized, features)["max_abs_diff"] < 0.02
    report = parity_report(exported, other, features)
    same = by_hand(model, features).argmax(axis=1) == run_tflite(other, features)["class_id"]
    assert report == {"max_abs_diff": pytest.approx(report["max_abs_diff"]), "agreement": pytest.approx(same.mean())}
    assert report["max_abs_diff"] > 0.1


@pytest.mark.parametrize(
    ("settings", "end"),
    [
        ({}, ":8501/v1/models/shop:predict"),
        ({"version": 0}, ":8501/v1/models/shop/versions/0:predict"),
        ({"port": 80, "label": "stable"}, ":80/v1/models/shop/labels/stable:predict"),
    ],
)
def test_addresses(settings, end):
    assert predict_url("host", "shop", **settings) == "http://host" + end


def test_a_version_and_a_label_are_too_much():
    with pytest.raises(ValueError, match="Received"):
        predict_url("host", "shop", version=0, label="stable")


def test_requests_are_rows():
    assert json.loads(predict_request(np.float32([1, 0.5]))) == {"instances": [[1, 0.5]]}
    named = json.loads(predict_request(tf.constant([[1], [2]]), signature_name="other"))
    assert named == {"signature_name": "other", "instances": [[1], [2]]}


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_requests_are_json(number):
    with pytest.raises(ValueError, match="JSON"):
        predict_request([[1.0, number]])


def test_rows_and_columns_are_read():
    rows = parse_response(200, '{"predictions": [{"p": [0.5, 1], "k": 1}, {"p": [0, 1], "k": 0}]}')
    columns = parse_response(200, '{"outputs": {"p": [[0.5, 1], [0, 1]], "k": [1, 0]}}')
    for answer in (rows, columns):
        np.testing.assert_array_equal(answer["p"], np.float32([[0.5, 1], [0, 1]]))
        assert (answer["p"].dtype, answer["k"].dtype) == (np.float32, np.int64)
    assert parse_response(200, '{"outputs": [1, 2]}').dtype == np.int64
    assert parse_response(200, '{"predictions": []}').size == 0


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (400, '{"error": "No such model"}', "No such model"),
        (200, '{"error": "No such model"}', "No such model"),
        (502, "<html>Bad Gateway</html>", "Bad Gateway"),
        (503, '{"predictions": [1]}', "503"),
        (200, "[1]", "JSON object"),
        (200, "{}", "predictions or outputs"),
    ],
)
def test_failures_are_told(status, body, message):
    with pytest.raises(RuntimeError, match=message):
        parse_response(status, body)
