# style: AutoGraph over tf.range with a TensorArray, masks as numbers to multiply with, functional models of RNN and cells
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

PAD = -123456.0

CELLS = {"lstm": layers.LSTMCell, "gru": layers.GRUCell, "bilstm": layers.LSTMCell}


def generate_sequences(n_samples, seq_length, seed=0):
    generator = np.random.Generator(np.random.MT19937(seed))
    x = generator.normal(size=(n_samples, seq_length, 1)).astype("float32")
    return x, np.einsum("ntf->nf", x)


def pad_batch(sequences, value):
    if len(sequences) == 0:
        raise ValueError("nothing to pad")
    rows = [np.array(s, dtype="float32") for s in sequences]
    for row in rows:
        if row.ndim != 2 or len(row) == 0 or row.shape[1] != rows[0].shape[1]:
            raise ValueError(f"cannot pad a sequence of shape {row.shape} beside {rows[0].shape}")
    longest = max(len(row) for row in rows)
    return np.stack([np.pad(row, ((0, longest - len(row)), (0, 0)), constant_values=value) for row in rows])


@tf.function(reduce_retracing=True)
def _loop(gates, recurrent_kernel, mask):
    steps, rows, units = tf.shape(gates)[0], tf.shape(gates)[1], tf.shape(recurrent_kernel)[0]
    outputs = tf.TensorArray(tf.float32, size=steps)
    h = tf.zeros((rows, units))
    c = tf.zeros((rows, units))
    for s in tf.range(steps):
        z = gates[s] + tf.matmul(h, recurrent_kernel)
        i = tf.sigmoid(z[:, :units])
        f = tf.sigmoid(z[:, units : 2 * units])
        g = tf.tanh(z[:, 2 * units : 3 * units])
        o = tf.sigmoid(z[:, 3 * units :])
        new_c = f * c + i * g
        keep = mask[s][:, tf.newaxis]
        h = keep * o * tf.tanh(new_c) + (1.0 - keep) * h
        c = keep * new_c + (1.0 - keep) * c
        outputs = outputs.write(s, h)
    return outputs.stack(), h, c


def lstm_forward(x, kernel, recurrent_kernel, bias, mask=None):
    gates = tf.einsum("btf,fg->tbg", x, kernel) + bias
    mask = tf.ones(tf.shape(gates)[:2]) if mask is None else tf.transpose(tf.cast(mask, tf.float32))
    sequence, h, c = _loop(gates, tf.convert_to_tensor(recurrent_kernel), mask)
    return tf.transpose(sequence, (1, 0, 2)), h, c


def build_model(kind, units=(64, 32), features=1, mask_value=None):
    if kind not in CELLS:
        raise ValueError(f"{kind} is none of {list(CELLS)}")
    if len(units) == 0:
        raise ValueError("no units")
    inputs = tf.keras.Input(shape=(None, features))
    x = inputs
    if mask_value is not None:
        x = layers.Masking(mask_value=mask_value)(x)
    for position, size in enumerate(units, start=1):
        layer = layers.RNN(CELLS[kind](size), return_sequences=position < len(units))
        x = layers.Bidirectional(layer)(x) if kind == "bilstm" else layer(x)
    x = layers.Dense(16, activation="relu")(x)
    model = tf.keras.Model(inputs, layers.Dense(1)(x))
    model.compile(optimizer=tf.keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"], jit_compile=False)
    return model


def train(kind, sequences, targets, seed=0):
    tf.keras.utils.set_random_seed(seed)
    model = build_model(kind, features=np.shape(sequences[0])[1], mask_value=PAD)
    model.fit(pad_batch(sequences, PAD), targets, epochs=12, batch_size=32, verbose=0)
    return model


def predict(model, sequences):
    return model.predict(pad_batch(sequences, PAD), verbose=0)
