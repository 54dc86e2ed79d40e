"""The reference metrics against counting by hand."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference.custom_metric import F1Score, MacroF1, f1_score

RNG = np.random.default_rng(3)
Y = (RNG.random(60) < 0.4).astype("float32")
P = (0.3 * Y + 0.7 * RNG.random(60)).astype("float32")  # right in most rows, not in all
W = RNG.uniform(0.1, 4, 60).astype("float32")
CLASSES = RNG.integers(0, 4, 60)
SCORES = (0.5 * np.eye(6)[CLASSES] + 0.6 * RNG.random((60, 6)) * [1, 1, 1, 1, 0, 0]).astype("float32")
SCORES[7, 4] = 2  # class 4 is predicted once and never a label; class 5 is neither


def f1_by_hand(y, said, weight=None):
    """Row by row, from precision and recall."""
    weight = np.ones(len(y)) if weight is None else weight
    tp = sum(w for label, guess, w in zip(y, said, weight, strict=True) if label and guess)
    guessed = sum(w for guess, w in zip(said, weight, strict=True) if guess)
    labelled = sum(w for label, w in zip(y, weight, strict=True) if label)
    if not tp:
        return 0.0
    return 2 / (guessed / tp + labelled / tp)


def macro_by_hand(y, said, weight=None):
    occurring = set(y) | set(said)
    return np.mean([f1_by_hand(y == c, said == c, weight) for c in occurring])


def fed(metric, *batches):
    for batch in batches:
        metric.update_state(*batch)
    return float(metric.result())


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.8])
def test_a_batch_is_scored_as_by_hand(threshold):
    score = f1_score(Y, P, threshold)
    assert score.dtype == tf.float32
    assert score.shape == ()
    assert float(score) == pytest.approx(f1_by_hand(Y, threshold < P), rel=1e-5)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool", "float64"])
def test_labels_are_of_any_dtype(dtype):
    assert 0.2 < f1_by_hand(Y, P > 0.5) < 0.9
    assert float(f1_score(Y.astype(dtype), P)) == pytest.approx(f1_by_hand(Y, P > 0.5), rel=1e-5)


@pytest.mark.parametrize(("labels", "scores"), [((-1,), (-1, 1)), ((-1, 1), (-1,)), ((-1, 1), (-1, 1))])
def test_rows_meet_only_their_own_scores(labels, scores):
    assert float(f1_score(Y.reshape(labels), P.reshape(scores))) == pytest.approx(f1_by_hand(Y, P > 0.5), rel=1e-5)


def test_other_counts_of_labels_are_refused():
    with pytest.raises(ValueError, match="as many labels"):
        f1_score(Y[:1], P)
    with pytest.raises(ValueError, match="as many labels"):
        MacroF1(6).update_state(CLASSES[:1], SCORES)


def test_a_score_at_the_threshold_is_negative():
    assert float(f1_score([1.0, 1.0], [0.5, 0.75])) == pytest.approx(2 / 3)


def test_nothing_positive_scores_zero():
    assert float(f1_score(np.zeros(4), np.zeros(4))) == 0


@pytest.mark.parametrize("size", [1, 7, 60])
def test_the_split_into_batches_does_not_matter(size):
    batches = [(Y[i : i + size], P[i : i + size, None], W[i : i + size]) for i in range(0, 60, size)]
    assert fed(F1Score(), *batches) == pytest.approx(f1_by_hand(Y, P > 0.5, W), rel=1e-5)


@pytest.mark.parametrize(
    "weight", [W, W[:, None], W > 1, (W > 1).astype("int32"), 2.5, 3], ids=lambda w: str(np.shape(w))
)
def test_weights_count_examples(weight):
    expected = f1_by_hand(Y, P > 0.5, np.broadcast_to(np.ravel(weight), 60))
    assert fed(F1Score(), (Y, P[:, None], weight)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("scale", [1e-9, 1e4])
def test_the_scale_of_weights_does_not_matter(scale):
    assert fed(F1Score(), (Y, P, np.float32(scale) * W)) == pytest.approx(f1_by_hand(Y, P > 0.5, W), rel=1e-5)
    assert fed(MacroF1(6), (CLASSES, SCORES, np.float32(scale) * W)) == pytest.approx(
        macro_by_hand(CLASSES, SCORES.argmax(1), W), rel=1e-5
    )


@pytest.mark.parametrize("metric", [F1Score(), MacroF1(6)], ids=["F1Score", "MacroF1"])
def test_a_reset_leaves_nothing(metric):
    batch = (Y, P) if isinstance(metric, F1Score) else (CLASSES, SCORES)
    first = fed(metric, batch)
    assert first > 0
    metric.reset_state()
    assert float(metric.result()) == 0
    assert all(not np.any(variable) for variable in metric.variables)
    assert fed(metric, batch) == first


@pytest.mark.parametrize("metric", [F1Score(0.3, name="churn"), MacroF1(5, name="kinds", dtype="float64")])
def test_a_config_restores_the_metric(metric):
    copy = keras.metrics.deserialize(json.loads(json.dumps(keras.metrics.serialize(metric))))
    assert (type(copy), copy.name) == (type(metric), metric.name)
    assert [getattr(copy, key, None) for key in ("threshold", "num_classes", "dtype")] == [
        getattr(metric, key, None) for key in ("threshold", "num_classes", "dtype")
    ]


def test_macro_is_the_mean_over_classes_that_occur():
    said = SCORES.argmax(1)
    assert set(CLASSES) == {0, 1, 2, 3}
    assert set(said) - set(CLASSES) == {4}
    assert fed(MacroF1(6), (CLASSES[:, None], SCORES)) == pytest.approx(macro_by_hand(CLASSES, said), rel=1e-5)
    assert fed(MacroF1(6), (CLASSES, SCORES, W)) == pytest.approx(macro_by_hand(CLASSES, said, W), rel=1e-5)


def test_a_class_without_weight_does_not_occur():
    said, keep = SCORES.argmax(1), (CLASSES != 2) & (SCORES.argmax(1) != 2)
    expected = macro_by_hand(CLASSES[keep], said[keep])
    assert fed(MacroF1(6), (CLASSES, SCORES, keep)) == pytest.approx(expected, rel=1e-5)


def test_counts_in_float64_go_on_where_float32_stands_still():
    wide, narrow = F1Score(dtype="float64"), F1Score()
    for metric in (wide, narrow):
        metric.update_state([1], [0.9], 2.0**24)
        for _ in range(3):
            metric.update_state([1], [0.1])
    assert float(wide.misses) == float(narrow.misses) == 3
    for metric in (wide, narrow):
        metric.update_state([1], [0.9])
    assert float(wide.hits) == 2**24 + 1
    assert float(narrow.hits) == 2**24


def test_fit_reports_the_f1_of_the_epoch():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, "sigmoid", kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy", metrics=[F1Score()], jit_compile=False)
    order = np.argsort(Y, kind="stable")
    x = np.log((P + 1e-3) / (1.001 - P))[order, None]
    history = model.fit(x, Y[order].astype("int64"), batch_size=16, epochs=2, shuffle=False, verbose=0).history
    assert history["f1_score"] == pytest.approx([f1_by_hand(Y, P > 0.5)] * 2, rel=1e-5)
