"""The reference pipeline against NumPy: padding must not be seen, in values nor in gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference.variable_length_sequences import (
    MaskedMean,
    SequenceModel,
    build_classifier,
    create_bucketed_dataset,
    encode_ragged,
    masked_loss,
    pad_batch,
)

RNG = np.random.default_rng(8)
ROWS = [[3, 0, 5], [], [1, 2, 3, 4, 0], [0]]


def drawn(layer):
    layer.set_weights([0.7 * np.random.default_rng(1).normal(size=weight.shape) for weight in layer.weights])
    return layer


def layers():
    embedding, lstm = keras.layers.Embedding(9, 3), keras.layers.LSTM(4)
    embedding.build((None, None))
    lstm.build((None, None, 3))
    return drawn(embedding), drawn(lstm)


def crossentropy_by_hand(labels, logits, mask):
    losses = []
    for index in np.argwhere(mask):
        scores = logits[tuple(index)].astype("float64")
        losses.append(np.log(np.sum(np.exp(scores))) - scores[labels[tuple(index)]])
    return np.mean(losses) if losses else 0.0


def test_tokens_come_first_and_zeros_are_tokens():
    ids, mask = pad_batch(ROWS, value=-1)
    assert (ids.dtype, mask.dtype) == ("int32", "bool")
    np.testing.assert_array_equal(ids, [[3, 0, 5, -1, -1], [-1] * 5, [1, 2, 3, 4, 0], [0, -1, -1, -1, -1]])
    np.testing.assert_array_equal(mask, np.arange(5) < np.array([[3], [0], [5], [1]]))


@pytest.mark.parametrize(
    ("truncating", "kept"), [("post", [[3, 0], [0, 0], [1, 2], [0, 0]]), ("pre", [[0, 5], [0, 0], [4, 0], [0, 0]])]
)
def test_one_end_is_cut(truncating, kept):
    ids, mask = pad_batch(ROWS, maxlen=2, truncating=truncating)
    np.testing.assert_array_equal(ids, kept)
    np.testing.assert_array_equal(mask.sum(axis=1), [2, 0, 2, 1])


@pytest.mark.parametrize(
    ("sequences", "maxlen", "shape"), [([], None, (0, 0)), ([], 3, (0, 3)), ([[], []], None, (2, 0))]
)
def test_nothing_can_be_padded(sequences, maxlen, shape):
    ids, mask = pad_batch(sequences, maxlen)
    assert ids.shape == mask.shape == shape


def test_an_unknown_end_is_refused():
    with pytest.raises(ValueError, match="Received"):
        pad_batch(ROWS, truncating="middle")


@pytest.mark.parametrize("rubbish", [0.0, np.nan, np.inf])
def test_a_mean_over_what_is_kept(rubbish):
    x, mask = RNG.normal(size=(3, 4, 2)).astype("float32"), np.array([[1, 0, 1, 1], [0, 0, 0, 0], [0, 1, 0, 0]], bool)
    given = tf.constant(np.where(mask[..., None], x, np.float32(rubbish)))
    with tf.GradientTape() as tape:
        tape.watch(given)
        output = MaskedMean()(given, mask=mask)
    np.testing.assert_allclose(output, [x[0][mask[0]].mean(axis=0), [0, 0], x[2, 1]], rtol=1e-6)
    expected = np.broadcast_to((mask / np.maximum(mask.sum(axis=1, keepdims=True), 1))[..., None], x.shape)
    np.testing.assert_allclose(tape.gradient(output, given), expected, rtol=1e-6)


def test_the_mask_ends_at_the_mean():
    embedding = keras.layers.Embedding(9, 3, mask_zero=True)
    ids = np.array([[4, 2, 0, 0], [1, 0, 0, 0]])
    output = MaskedMean()(embedding(ids))
    table = embedding.get_weights()[0]
    np.testing.assert_allclose(output, [table[[4, 2]].mean(axis=0), table[1]], rtol=1e-6)
    assert getattr(output, "_keras_mask", None) is None


@pytest.mark.parametrize("pooling", ["lstm", "mean"])
def test_columns_of_zeros_change_nothing(pooling):
    model = drawn(build_classifier(9, 3, 4, pooling))
    ids = np.array([[1, 2, 3], [4, 0, 0]], "int32")
    np.testing.assert_allclose(model(np.pad(ids, [(0, 0), (0, 6)])), model(ids), rtol=1e-5)


def test_an_unknown_pooling_is_refused():
    with pytest.raises(ValueError, match="Received"):
        build_classifier(9, 3, 4, "max")


def test_a_given_mask_replaces_the_rule_about_zeros():
    model = SequenceModel(9, 3, 4)
    ids = np.array([[1, 0, 3, 5]], "int32")
    for layer in (model(ids), model.embedding, model.lstm, model.dense)[1:]:
        drawn(layer)
    np.testing.assert_allclose(model(ids), model(np.array([[1, 3, 5]])), rtol=1e-5)
    np.testing.assert_allclose(model(np.array([[0, 0, 1, 3, 5]], "int64")), model(ids), rtol=1e-5)
    kept = model.dense(model.lstm(model.embedding(ids[:, :2])))
    np.testing.assert_allclose(model(ids, mask=np.array([[True, True, False, False]])), kept, rtol=1e-5)
    assert np.abs(model(ids, mask=np.ones((1, 4), bool)) - model(ids)).max() > 1e-4


def test_a_trained_model_comes_back(tmp_path):
    model = SequenceModel(9, 3, 4)
    ids = np.array([[1, 2, 3], [4, 0, 0], [0, 0, 0]], "int32")
    model.compile("sgd", "binary_crossentropy", jit_compile=False)
    model.fit(ids, np.float32([[1], [0], [1]]), verbose=0)
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras", custom_objects={"SequenceModel": SequenceModel})
    np.testing.assert_allclose(loaded(ids), model(ids), rtol=1e-6)
    assert np.isfinite(loaded(ids)).all()


def test_a_ragged_row_is_what_it_is_alone():
    embedding, lstm = layers()
    ragged = tf.ragged.constant(ROWS, dtype=tf.int64)
    graph = tf.function(
        lambda rows: encode_ragged(rows, embedding, lstm), input_signature=[tf.RaggedTensorSpec([None, None], tf.int64)]
    )
    expected = [lstm(embedding(np.array([row])))[0] if row else np.zeros(4) for row in ROWS]
    for encoded in (encode_ragged(ragged, embedding, lstm), graph(ragged)):
        np.testing.assert_allclose(encoded, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(graph(ragged[1:3]), expected[1:3], rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(graph(ragged[1:2]), np.zeros((1, 4)))


def test_buckets_lose_nothing_and_can_be_read_again():
    rows = [RNG.integers(1, 9, length).tolist() for length in RNG.integers(0, 26, 60)]
    dataset = create_bucketed_dataset(rows, range(60), batch_size=4)
    for _ in range(2):
        seen = []
        for ids, labels in dataset.as_numpy_iterator():
            lengths = [len(rows[label]) for label in labels]
            assert len({int(np.searchsorted([5, 10, 20], length, "right")) for length in lengths}) == 1
            assert ids.shape == (len(labels), max(lengths))
            assert len(labels) <= 4
            for line, label, length in zip(ids, labels, lengths, strict=True):
                assert line.tolist() == rows[label] + [0] * (ids.shape[1] - length)
            seen += labels.tolist()
        assert sorted(seen) == list(range(60))
    assert [spec.shape.as_list() for spec in dataset.element_spec] == [[None, None], [None]]


def test_a_budget_of_tokens_sets_the_rows():
    rows = [[1] * length for length in [3] * 50 + [15] * 9 + [40] * 2]
    sizes = [len(labels) for _, labels in create_bucketed_dataset(rows, [0] * 61, (4, 16), max_tokens=60)]
    assert sorted(sizes) == sorted([20, 20, 10, 4, 4, 1, 1, 1])


@pytest.mark.parametrize("rubbish", [1.0, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("lengths", [[5, 5, 5], [5, 2, 1], [0, 1, 0], [0, 0, 0]])
def test_the_loss_is_a_mean_over_real_tokens(lengths, rubbish):
    labels, logits = RNG.integers(0, 4, (3, 5)), RNG.normal(size=(3, 5, 4)).astype("float32")
    mask = np.arange(5) < np.array(lengths)[:, None]
    given = tf.constant(np.where(mask[..., None], logits, np.float32(rubbish)))
    with tf.GradientTape() as tape:
        tape.watch(given)
        loss = masked_loss(np.where(mask, labels, -1), given, mask)
    assert float(loss) == pytest.approx(crossentropy_by_hand(labels, logits, mask), rel=1e-5)
    shares = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True) - np.eye(4)[labels]
    expected = np.where(mask[..., None], shares, 0) / max(1, mask.sum())
    np.testing.assert_allclose(tape.gradient(loss, given), expected, rtol=1e-4, atol=1e-6)
