# style: keras.ops.scan with both states in one carry and the mask as one more input column, Keras's own padding
import keras
import numpy as np
from keras import ops

PAD = 1e5


def generate_sequences(n_samples, seq_length, seed=0):
    x = np.random.RandomState(seed).randn(n_samples, seq_length, 1).astype(np.float32)
    return x, np.sum(x, axis=1)


def pad_batch(sequences, value):
    shapes = [np.shape(sequence) for sequence in sequences]
    if not shapes or any(shape[0] == 0 for shape in shapes) or len({shape[1] for shape in shapes}) != 1:
        raise ValueError(f"expected sequences of one step or more with the same features, received shapes {shapes}")
    return keras.utils.pad_sequences(sequences, padding="post", value=value, dtype="float32")


def lstm_forward(x, kernel, recurrent_kernel, bias, mask=None):
    x = ops.convert_to_tensor(x)
    units = recurrent_kernel.shape[0]
    keep = ops.ones_like(x[..., :1]) if mask is None else ops.cast(mask, "float32")[..., None]
    inputs = ops.concatenate([ops.matmul(x, kernel) + bias, keep], axis=-1)

    def step(carry, now):
        h, c = carry[:, :units], carry[:, units:]
        z, kept = now[:, : 4 * units] + ops.matmul(h, recurrent_kernel), now[:, 4 * units :] > 0.5
        i, f, g, o = ops.split(z, 4, axis=-1)
        new_c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
        new_h = ops.sigmoid(o) * ops.tanh(new_c)
        new = ops.where(kept, ops.concatenate([new_h, new_c], axis=-1), carry)
        return new, new

    start = ops.zeros((ops.shape(x)[0], 2 * units))
    last, states = ops.scan(step, start, ops.transpose(inputs, (1, 0, 2)))
    return ops.transpose(states, (1, 0, 2))[..., :units], last[:, :units], last[:, units:]


def build_model(kind, units=(64, 32), features=1, mask_value=None):
    makers = {
        "lstm": keras.layers.LSTM,
        "gru": keras.layers.GRU,
        "bilstm": lambda size, **settings: keras.layers.Bidirectional(keras.layers.LSTM(size, **settings)),
    }
    if kind not in makers or not list(units):
        raise ValueError(f"cannot build {kind!r} with {units!r}")
    model = keras.Sequential()
    model.add(keras.Input((None, features)))
    if mask_value is not None:
        model.add(keras.layers.Masking(mask_value=mask_value))
    for size in units[:-1]:
        model.add(makers[kind](size, return_sequences=True))
    model.add(makers[kind](units[-1]))
    model.add(keras.layers.Dense(16, activation="relu"))
    model.add(keras.layers.Dense(1))
    model.compile("adam", loss="mean_squared_error", metrics=["mean_absolute_error"], jit_compile=False)
    return model


def train(kind, sequences, targets, seed=0):
    keras.utils.set_random_seed(seed)
    model = build_model(kind, mask_value=PAD)
    model.optimizer.learning_rate = 4e-3
    model.fit(pad_batch(sequences, PAD), targets, validation_split=0.1, epochs=14, batch_size=35, verbose=0)
    return model


def predict(model, sequences):
    return ops.convert_to_numpy(model(pad_batch(sequences, PAD), training=False))
