# caught by: lstm_steps, lstm_mask, lstm_graph
# why: hands the cell state out as it is, without tanh
import numpy as np
import tensorflow as tf

PAD = -1e7


def generate_sequences(n_samples, seq_length, seed=0):
    x = np.random.default_rng(seed).normal(size=(n_samples, seq_length, 1)).astype("float32")
    return x, x.sum(axis=1)


def pad_batch(sequences, value):
    arrays = [np.asarray(sequence, "float32") for sequence in sequences]
    if not arrays or any(len(array) == 0 for array in arrays) or len({array.shape[1] for array in arrays}) > 1:
        raise ValueError("expected sequences with one step or more and equal numbers of features")
    batch = np.full((len(arrays), max(map(len, arrays)), arrays[0].shape[1]), value, "float32")
    for row, array in zip(batch, arrays):
        row[: len(array)] = array
    return batch


def lstm_forward(x, kernel, recurrent_kernel, bias, mask=None):
    x = tf.convert_to_tensor(x)
    mask = tf.ones(tf.shape(x)[:2], tf.bool) if mask is None else tf.convert_to_tensor(mask)
    zeros = tf.zeros((tf.shape(x)[0], recurrent_kernel.shape[0]))

    def step(state, now):
        h, c, _ = state
        x_t, keep = now
        i, f, g, o = tf.split(x_t @ kernel + h @ recurrent_kernel + bias, 4, axis=1)
        new_c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        new_h = tf.sigmoid(o) * new_c
        h = tf.where(keep[:, None], new_h, h)
        c = tf.where(keep[:, None], new_c, c)
        return h, c, h

    hs, cs, outputs = tf.scan(step, (tf.transpose(x, (1, 0, 2)), tf.transpose(mask)), (zeros, zeros, zeros))
    return tf.transpose(outputs, (1, 0, 2)), hs[-1], cs[-1]


def _layer(kind, size, return_sequences):
    if kind == "gru":
        return tf.keras.layers.GRU(size, return_sequences=return_sequences)
    lstm = tf.keras.layers.LSTM(size, return_sequences=return_sequences)
    return tf.keras.layers.Bidirectional(lstm) if kind == "bilstm" else lstm


def build_model(kind, units=(64, 32), features=1, mask_value=None):
    if kind not in ("lstm", "gru", "bilstm"):
        raise ValueError(f"unknown kind: {kind}")
    if not len(units):
        raise ValueError("no units")
    model = tf.keras.Sequential([tf.keras.Input((None, features))])
    if mask_value is not None:
        model.add(tf.keras.layers.Masking(mask_value))
    for index, size in enumerate(units):
        model.add(_layer(kind, size, index < len(units) - 1))
    model.add(tf.keras.layers.Dense(16, activation="relu"))
    model.add(tf.keras.layers.Dense(1))
    model.compile(tf.keras.optimizers.Adam(6e-3), loss="mse", metrics=["mae"], jit_compile=False)
    return model


def train(kind, sequences, targets, seed=0):
    tf.keras.utils.set_random_seed(seed)
    model = build_model(kind, mask_value=PAD)
    model.fit(pad_batch(sequences, PAD), targets, epochs=10, batch_size=50, verbose=0)
    return model


def predict(model, sequences):
    return model.predict(pad_batch(sequences, PAD), verbose=0)
