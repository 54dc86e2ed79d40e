"""The reference LSTM against NumPy and finite differences, and models that must not see padding."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference.sequence_models import PAD, build_model, generate_sequences, lstm_forward, pad_batch, predict, train

RNG = np.random.default_rng(5)
X = RNG.normal(size=(3, 6, 2)).astype("float32")
WEIGHTS = [0.5 * RNG.normal(size=shape).astype("float32") for shape in ((2, 16), (4, 16), (16,))]
MASK = np.array([[1, 1, 1, 1, 0, 0], [0, 0, 1, 0, 1, 1], [0, 0, 0, 0, 0, 0]], bool)
KINDS = ("lstm", "gru", "bilstm")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def by_hand(x, kernel, recurrent, bias, mask):
    """Row by row, step by step, gate by gate, in float64."""
    units = recurrent.shape[0]
    sequence, last_h, last_c = np.zeros((*x.shape[:2], units)), np.zeros((len(x), units)), np.zeros((len(x), units))
    for row in range(len(x)):
        h, c = np.zeros(units), np.zeros(units)
        for step in range(x.shape[1]):
            if mask[row, step]:
                z = x[row, step] @ kernel + h @ recurrent + bias
                c = sigmoid(z[units : 2 * units]) * c + sigmoid(z[:units]) * np.tanh(z[2 * units : 3 * units])
                h = sigmoid(z[3 * units :]) * np.tanh(c)
            sequence[row, step] = h
        last_h[row], last_c[row] = h, c
    return sequence, last_h, last_c


def random_model(kind, features=2, mask_value=None):
    keras.utils.set_random_seed(1)
    model = build_model(kind, units=(5, 3), features=features, mask_value=mask_value)
    for weight in model.weights:
        weight.assign(0.4 * np.random.default_rng(2).normal(size=weight.shape))
    return model


@pytest.mark.parametrize("mask", [None, np.ones((3, 6), bool), MASK])
def test_the_layer_is_its_equations(mask):
    expected = by_hand(X, *WEIGHTS, np.ones((3, 6), bool) if mask is None else mask)
    for got, want in zip(lstm_forward(X, *WEIGHTS, mask=mask), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("mask", [None, MASK])
def test_the_layer_is_that_of_keras(mask):
    layer = keras.layers.LSTM(4, return_sequences=True, return_state=True)
    layer.build((None, None, 2))
    layer.set_weights(WEIGHTS)
    for got, want in zip(lstm_forward(X, *WEIGHTS, mask), layer(X, mask=mask), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


def test_gradients_are_slopes_also_in_a_graph_of_unknown_size():
    variables = [tf.Variable(weight) for weight in WEIGHTS]

    @tf.function(input_signature=[tf.TensorSpec([None, None, 2]), tf.TensorSpec([None, None], tf.bool)])
    def gradients(x, mask):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(lstm_forward(x, *variables, mask=mask)[0] ** 2)
        return tape.gradient(loss, variables)

    for steps in (6, 3):
        got = gradients(X[:, :steps], MASK[:, :steps])
        for which, gradient in enumerate(got):
            direction = np.random.default_rng(which).normal(size=gradient.shape)

            def loss(distance, steps=steps, which=which, direction=direction):
                moved = [weight.astype("float64") for weight in WEIGHTS]
                moved[which] = moved[which] + distance * direction
                return np.sum(by_hand(X[:, :steps], *moved, MASK[:, :steps])[0] ** 2)

            slope = (loss(1e-5) - loss(-1e-5)) / 2e-5
            assert np.sum(gradient * direction) == pytest.approx(slope, rel=1e-3, abs=1e-5)


def test_sequences_hang_on_their_seed_alone():
    np.random.seed(3)
    before = np.random.get_state()[1].copy()
    x, y = generate_sequences(500, 7, seed=1)
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    np.testing.assert_array_equal(generate_sequences(500, 7, seed=1)[0], x)
    assert not np.array_equal(generate_sequences(500, 7, seed=2)[0], x)
    assert (x.shape, y.shape, x.dtype, y.dtype) == ((500, 7, 1), (500, 1), "float32", "float32")
    np.testing.assert_allclose(y[:, 0], x[:, :, 0].sum(axis=1), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose([x.mean(), x.std()], [0, 1], atol=0.1)


def test_values_come_first_and_the_filler_after():
    padded = pad_batch([[[1, 2]], np.array([[3.0, 4.0], [5.0, 6.0]])], -1.0)
    assert padded.dtype == "float32"
    np.testing.assert_array_equal(padded, [[[1, 2], [-1, -1]], [[3, 4], [5, 6]]])


@pytest.mark.parametrize("sequences", [[], [np.zeros((0, 2))], [np.zeros((2, 2)), np.zeros((2, 3))], [np.zeros(3)]])
def test_what_cannot_be_padded_is_refused(sequences):
    with pytest.raises(ValueError, match="Received"):
        pad_batch(sequences, 0.0)


@pytest.mark.parametrize(
    ("kind", "shapes"),
    [
        ("lstm", [(2, 20), (5, 20), (20,), (5, 12), (3, 12), (12,)]),
        ("gru", [(2, 15), (5, 15), (2, 15), (5, 9), (3, 9), (2, 9)]),
        ("bilstm", [*[(2, 20), (5, 20), (20,)] * 2, *[(10, 12), (3, 12), (12,)] * 2]),
    ],
)
def test_models_are_made_of_what_they_should_be(kind, shapes):
    last = 6 if kind == "bilstm" else 3
    assert [weight.shape for weight in random_model(kind).weights] == [*shapes, (last, 16), (16,), (16, 1), (1,)]


def test_a_model_is_compiled_with_mse_and_mae():
    model = random_model("gru")
    y = np.float32([[1], [-1], [0.5]])
    error = model(X).numpy() - y
    np.testing.assert_allclose(model.evaluate(X, y, verbose=0), [np.mean(error**2), np.mean(abs(error))], rtol=1e-5)


@pytest.mark.parametrize("settings", [{"kind": "rnn"}, {"kind": "gru", "units": ()}])
def test_impossible_models_are_refused(settings):
    with pytest.raises(ValueError, match="Received"):
        build_model(**settings)


@pytest.mark.parametrize("kind", KINDS)
def test_masked_steps_are_no_steps_and_zeros_are(kind):
    model = random_model(kind, mask_value=-7.0)
    x = X.copy()
    x[:, 2] = 0.0
    filler = np.full((3, 2, 2), -7, "float32")
    alone = model(x)
    for padded in (np.concatenate([x, filler], 1), np.concatenate([filler, x], 1)):
        np.testing.assert_allclose(model(padded), alone, rtol=1e-4, atol=1e-6)
    assert np.abs(model(np.delete(x, 2, axis=1)) - alone).max() > 1e-4


def test_neighbours_cannot_be_seen():
    model = random_model("gru", features=1, mask_value=PAD)
    group = [RNG.normal(size=(steps, 1)) for steps in (4, 60, 9)]
    together = predict(model, group)
    for alone, row in zip(group, together, strict=True):
        np.testing.assert_allclose(model(np.float32(alone)[np.newaxis])[0], row, rtol=1e-4, atol=1e-6)


def test_training_learns_to_add():
    lengths = np.random.default_rng(3).integers(3, 11, 1000)
    sequences = [generate_sequences(1, int(steps), seed=index)[0][0] for index, steps in enumerate(lengths)]
    sums = np.array([sequence.sum(axis=0) for sequence in sequences])
    predictions = predict(train("gru", sequences[:700], sums[:700], seed=1), sequences[700:])
    assert 1 - np.mean((predictions - sums[700:]) ** 2) / sums[700:].var() > 0.95
