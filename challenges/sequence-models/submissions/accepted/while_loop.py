# style: tf.while_loop with one fused product, ragged tensors for padding, stateless random numbers, tf.data
import math

import tensorflow as tf

PAD = -math.pi * 1e6


def generate_sequences(n_samples, seq_length, seed=0):
    x = tf.random.stateless_normal((n_samples, seq_length, 1), seed=(seed, 1))
    return x.numpy(), tf.reduce_sum(x, axis=1).numpy()


def pad_batch(sequences, value):
    lists = [[[float(number) for number in step] for step in sequence] for sequence in sequences]
    widths = {len(step) for sequence in lists for step in sequence}
    if not lists or not all(lists) or len(widths) > 1:
        raise ValueError(f"{len(lists)} sequences, numbers of features {sorted(widths)}")
    ragged = tf.ragged.constant(lists, dtype=tf.float32, ragged_rank=1, inner_shape=(widths.pop(),))
    return ragged.to_tensor(value).numpy()


def lstm_forward(x, kernel, recurrent_kernel, bias, mask=None):
    x = tf.convert_to_tensor(x, tf.float32)
    rows, steps = tf.unstack(tf.shape(x)[:2])
    weights = tf.concat([kernel, recurrent_kernel], axis=0)
    units = weights.shape[1] // 4
    mask = tf.fill([rows, steps], True) if mask is None else tf.convert_to_tensor(mask)

    def body(step, h, c, outputs):
        z = tf.matmul(tf.concat([x[:, step], h], axis=1), weights) + bias
        i, f, g, o = (z[:, k * units : (k + 1) * units] for k in range(4))
        new_c = c * tf.nn.sigmoid(f) + tf.nn.sigmoid(i) * tf.nn.tanh(g)
        new_h = tf.nn.sigmoid(o) * tf.nn.tanh(new_c)
        keep = mask[:, step, None]
        h, c = tf.where(keep, new_h, h), tf.where(keep, new_c, c)
        return step + 1, h, c, outputs.write(step, h)

    zeros = tf.zeros([rows, units])
    start = (tf.constant(0), zeros, zeros, tf.TensorArray(tf.float32, steps, element_shape=(None, units)))
    _, h, c, outputs = tf.while_loop(lambda step, *_: step < steps, body, start)
    return tf.transpose(outputs.stack(), [1, 0, 2]), h, c


def _layer(kind, size, return_sequences):
    if kind == "gru":
        return tf.keras.layers.GRU(size, return_sequences=return_sequences)
    layer = tf.keras.layers.LSTM(size, return_sequences=return_sequences)
    return tf.keras.layers.Bidirectional(layer) if kind == "bilstm" else layer


def build_model(kind, units=(64, 32), features=1, mask_value=None):
    if kind not in ("lstm", "gru", "bilstm"):
        raise ValueError(kind)
    units = tuple(units)
    if units == ():
        raise ValueError("units is empty")
    stack = [tf.keras.layers.Masking(mask_value)] if mask_value is not None else []
    stack += [_layer(kind, size, index + 1 < len(units)) for index, size in enumerate(units)]
    stack += [tf.keras.layers.Dense(16, "relu"), tf.keras.layers.Dense(1)]
    model = tf.keras.Sequential(stack)
    model.build((None, None, features))
    model.compile(
        tf.keras.optimizers.RMSprop(2e-3),
        loss=tf.keras.losses.MeanSquaredError(),
        metrics=[tf.keras.metrics.MeanAbsoluteError()],
        jit_compile=False,
    )
    return model


def train(kind, sequences, targets, seed=0):
    tf.keras.utils.set_random_seed(seed)
    model = build_model(kind, mask_value=PAD)
    batches = tf.data.Dataset.from_tensor_slices((pad_batch(sequences, PAD), targets)).shuffle(1000, seed=seed).batch(35)
    model.compile(tf.keras.optimizers.Adam(5e-3), loss="mse", metrics=["mae"], jit_compile=False)
    model.fit(batches, epochs=14, verbose=0)
    return model


def predict(model, sequences):
    batches = tf.data.Dataset.from_tensor_slices(pad_batch(sequences, PAD)).batch(512)
    return model.predict(batches, verbose=0)
