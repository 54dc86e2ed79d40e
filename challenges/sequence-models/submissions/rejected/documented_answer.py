# caught by: all
# why: the documented answer put into functions: fixed length, global random numbers, ragged input, two kinds never compiled, nothing by hand
import numpy as np
import tensorflow as tf

PAD = 0.0


def generate_sequences(n_samples=1000, seq_length=10, seed=0):
    x = np.random.randn(n_samples, seq_length, 1).astype(np.float32)
    y = np.sum(x, axis=1)
    return x, y


def lstm_forward(x, kernel, recurrent_kernel, bias, mask=None):
    layer = tf.keras.layers.LSTM(recurrent_kernel.shape[0], return_sequences=True, return_state=True)
    return layer(x, mask=mask)


def pad_batch(sequences, value):
    return tf.ragged.constant([np.asarray(sequence).tolist() for sequence in sequences], ragged_rank=1)


def build_model(kind, units=(64, 32), features=1, mask_value=None):
    first, second = units[0], units[-1]
    if kind == "bilstm":
        layers = tf.keras.layers
        return tf.keras.Sequential([
            layers.Bidirectional(layers.LSTM(first, return_sequences=True), input_shape=(10, features)),
            layers.Bidirectional(layers.LSTM(second)),
            layers.Dense(1),
        ])
    if kind == "gru":
        return tf.keras.Sequential([
            tf.keras.layers.GRU(first, return_sequences=True, input_shape=(10, features)),
            tf.keras.layers.GRU(second),
            tf.keras.layers.Dense(1),
        ])
    model = tf.keras.Sequential([
        tf.keras.layers.LSTM(first, return_sequences=True, input_shape=(10, features)),
        tf.keras.layers.LSTM(second),
        tf.keras.layers.Dense(16, activation="relu"),
        tf.keras.layers.Dense(1),
    ])
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model


def train(kind, sequences, targets, seed=0):
    model = build_model(kind)
    model.fit(pad_batch(sequences, PAD), targets, epochs=20, batch_size=32, validation_split=0.2, verbose=0)
    return model


def predict(model, sequences):
    return model.predict(pad_batch(sequences, PAD), verbose=0)
