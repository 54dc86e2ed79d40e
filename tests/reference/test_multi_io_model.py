"""The reference against NumPy: the numbers of an evaluation, the rows of a dataset, and what training leaves alone."""

import keras
import numpy as np
import pytest

from reference.multi_io_model import build_model, compile_model, make_dataset, predict_rows, train_model

RNG = np.random.default_rng(4)
ROWS = {"image": RNG.random((12, 10, 10, 1), "float32"), "metadata": RNG.normal(size=(12, 3)).astype("float32")}
Y_CLASS = np.array([0, 1, 2, 3, -1, -1, -1, 1, 2, 0, -1, 3])
Y_SCORE = np.float32([1.5, np.nan, -2, 4, np.nan, 3, 0.5, np.nan, 1, 2, np.nan, -1])


def model(**settings):
    keras.utils.set_random_seed(2)
    made = build_model((10, 10, 1), 3, 4)
    compile_model(made, **settings)
    return made


def data(y_class=Y_CLASS, y_score=Y_SCORE, **settings):
    return make_dataset(ROWS["image"], ROWS["metadata"], y_class, y_score, **{"batch_size": 5} | settings)


def column(dataset, part, key):
    return np.concatenate([np.asarray(batch["xyw".index(part)][key]) for batch in dataset])


def test_inputs_and_outputs_go_by_name():
    made = build_model((10, 18, 3), 2, 7)
    assert {tensor.name: tensor.shape for tensor in made.inputs} == {
        "image": (None, 10, 18, 3),
        "metadata": (None, 2),
    }
    given = made({"metadata": np.zeros((4, 2)), "image": np.ones((4, 10, 18, 3))})
    assert {name: (output.shape, output.dtype) for name, output in given.items()} == {
        "class": ((4, 7), "float32"),
        "score": ((4, 1), "float32"),
    }
    np.testing.assert_allclose(np.sum(given["class"], axis=1), 1, rtol=1e-5)


def test_both_heads_see_how_the_inputs_go_together():
    made = model()
    other = {name: values[::-1] for name, values in ROWS.items()}
    for output in ("class", "score"):
        corners = [
            made({"image": image, "metadata": metadata})[output]
            for image in (ROWS["image"], other["image"])
            for metadata in (ROWS["metadata"], other["metadata"])
        ]
        mixed = corners[0] - corners[1] - corners[2] + corners[3]
        assert np.abs(mixed).max() > 1e-5


def test_an_evaluation_is_what_its_definition_says():
    made = model(class_weight=0.8, score_weight=0.7)
    found = made.evaluate(data(batch_size=12), return_dict=True, verbose=0)
    predicted = made.predict(ROWS, verbose=0)
    labelled, scored = Y_CLASS >= 0, ~np.isnan(Y_SCORE)
    chosen = predicted["class"][labelled, Y_CLASS[labelled]]
    off = predicted["score"][scored, 0] - Y_SCORE[scored]
    expected = {
        "class_loss": -np.log(chosen).sum() / 12,
        "score_loss": (off**2).sum() / 12,
        "class_accuracy": np.mean(predicted["class"][labelled].argmax(axis=1) == Y_CLASS[labelled]),
        "score_mae": abs(off).mean(),
    }
    expected["loss"] = 0.8 * expected["class_loss"] + 0.7 * expected["score_loss"]
    assert found == pytest.approx(expected, rel=1e-4)


def test_every_row_is_kept_and_every_gap_has_weight_zero():
    dataset = data()
    np.testing.assert_array_equal(column(dataset, "x", "image"), ROWS["image"])
    np.testing.assert_array_equal(column(dataset, "x", "metadata"), ROWS["metadata"])
    for key, labels, known in (("class", Y_CLASS, Y_CLASS >= 0), ("score", Y_SCORE, ~np.isnan(Y_SCORE))):
        given = column(dataset, "y", key)
        np.testing.assert_array_equal(column(dataset, "w", key), known)
        np.testing.assert_array_equal(given[known], labels[known])
        assert np.isfinite(given).all()
        assert given.min() >= (0 if key == "class" else -np.inf)


def test_the_seed_decides_the_orders():
    first, same, other = (data(shuffle=True, seed=seed) for seed in (5, 5, 6))
    order = column(first, "x", "metadata")
    np.testing.assert_array_equal(column(same, "x", "metadata"), order)
    assert not np.array_equal(column(other, "x", "metadata"), order)
    assert not np.array_equal(column(first, "x", "metadata"), order)
    np.testing.assert_array_equal(np.sort(order, axis=0), np.sort(ROWS["metadata"], axis=0))


@pytest.mark.parametrize(
    ("still", "settings", "labels"),
    [
        ("score", {}, {"y_score": np.full(12, np.nan)}),
        ("class", {}, {"y_class": np.full(12, -1)}),
        ("score", {"score_weight": 0.0}, {}),
    ],
)
def test_a_task_without_a_say_stands_still(still, settings, labels):
    made = model(**settings)
    before = {name: made.get_layer(name).get_weights() for name in ("class", "score")}
    made.fit(data(**labels), shuffle=False, verbose=0)
    for name, weights in before.items():
        moved = max(abs(a - b).max() for a, b in zip(made.get_layer(name).get_weights(), weights, strict=True))
        assert (moved == 0) == (name == still)
        assert np.isfinite(moved)


@pytest.mark.parametrize("count", [1, 7])
def test_predictions_are_one_array_a_column(count):
    made = model()
    rows = {name: values[:count] for name, values in ROWS.items()}
    given, expected = predict_rows(made, rows["image"], rows["metadata"]), made(rows)
    assert {name: values.shape for name, values in given.items()} == dict.fromkeys(
        ("label", "confidence", "score"), (count,)
    )
    np.testing.assert_array_equal(given["label"], np.argmax(expected["class"], axis=1))
    np.testing.assert_allclose(given["confidence"], np.max(expected["class"], axis=1), rtol=1e-5)
    np.testing.assert_allclose(given["score"], expected["score"][:, 0], rtol=1e-4, atol=1e-6)


def test_a_trained_model_keeps_units_and_comes_back(tmp_path):
    count = 300
    rows = {
        "image": RNG.random((count, 10, 10, 1), "float32"),
        "metadata": RNG.normal(40_000, 5000, (count, 2)).astype("float32"),
    }
    y_score = (200 + (rows["metadata"][:, 0] - 40_000) / 100).astype("float32")
    y_class = (rows["metadata"][:, 1] > 40_000).astype("int64")
    y_class[::3], y_score[1::3] = -1, np.nan
    made = train_model(rows["image"], rows["metadata"], y_class, y_score, num_classes=2, seed=1)
    predicted = made.predict(rows, verbose=0)
    known, labelled = ~np.isnan(y_score), y_class >= 0
    assert 1 - np.mean((predicted["score"][known, 0] - y_score[known]) ** 2) / y_score[known].var() > 0.9
    assert np.mean(predicted["class"][labelled].argmax(axis=1) == y_class[labelled]) > 0.9
    made.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras").predict(rows, verbose=0)
    for name, values in predicted.items():
        np.testing.assert_allclose(loaded[name], values, rtol=1e-4, atol=1e-4)


def test_training_without_a_single_score_gives_numbers():
    made = train_model(ROWS["image"], ROWS["metadata"], Y_CLASS, np.full(12, np.nan), num_classes=4)
    assert all(np.isfinite(values).all() for values in made.predict(ROWS, verbose=0).values())
