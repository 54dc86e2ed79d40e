# style: TensorFlow operations, a bucketing of its own in a Python generator, boolean_mask in the loss, to_tensor(-1)
import numpy as np
import tensorflow as tf


def pad_batch(sequences, maxlen=None, truncating="post", value=0):
    lengths = [len(sequence) for sequence in sequences]
    if maxlen is None:
        maxlen = max(lengths) if lengths else 0
    ids = np.zeros((len(lengths), maxlen), dtype=np.int32)
    mask = np.zeros((len(lengths), maxlen), dtype=bool)
    ids[:] = value
    for n, sequence in enumerate(sequences):
        start = max(0, len(sequence) - maxlen) if truncating == "pre" else 0
        for t, token in enumerate(sequence[start : start + maxlen]):
            ids[n, t] = token
            mask[n, t] = True
    return ids, mask


class MaskedMean(tf.keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is None:
            return tf.reduce_mean(inputs, axis=1)
        mask = tf.cast(mask, tf.bool)[..., tf.newaxis]
        total = tf.reduce_sum(tf.where(mask, inputs, tf.zeros_like(inputs)), axis=1)
        return tf.math.divide_no_nan(total, tf.reduce_sum(tf.cast(mask, total.dtype), axis=1))

    def compute_mask(self, inputs, mask=None):
        return None

    def compute_output_shape(self, shape):
        return shape[0], shape[-1]


def build_classifier(vocab_size, embed_dim, units, pooling="lstm"):
    if pooling == "lstm":
        pool = tf.keras.layers.LSTM(units)
    elif pooling == "mean":
        pool = MaskedMean()
    else:
        raise ValueError(f"unknown pooling {pooling}")
    inputs = tf.keras.Input(shape=(None,), dtype=tf.int32)
    x = tf.keras.layers.Embedding(vocab_size, embed_dim, mask_zero=True)(inputs)
    return tf.keras.Model(inputs, tf.keras.layers.Dense(1, activation=tf.nn.sigmoid)(pool(x)))


class SequenceModel(tf.keras.Model):
    def __init__(self, vocab_size, embed_dim, lstm_units, **kwargs):
        super().__init__(**kwargs)
        self.config = {"vocab_size": vocab_size, "embed_dim": embed_dim, "lstm_units": lstm_units}
        self.embedding = tf.keras.layers.Embedding(vocab_size, embed_dim)
        self.lstm = tf.keras.layers.LSTM(lstm_units)
        self.dense = tf.keras.layers.Dense(1, activation="sigmoid")

    def call(self, inputs, mask=None, training=False):
        keep = tf.not_equal(inputs, 0) if mask is None else tf.cast(mask, tf.bool)
        return self.dense(self.lstm(self.embedding(inputs), mask=keep))

    def get_config(self):
        return {**super().get_config(), **self.config}


def encode_ragged(ragged, embedding, lstm):
    padded = ragged.to_tensor(default_value=-1)
    padded = tf.concat([padded, -tf.ones_like(ragged.row_starts(), padded.dtype)[:, tf.newaxis]], axis=1)
    keep = padded >= 0
    return lstm(embedding(tf.where(keep, padded, 0)), mask=keep)


def create_bucketed_dataset(sequences, labels, bucket_boundaries=(5, 10, 20), batch_size=32, max_tokens=None):
    rows = [[int(token) for token in sequence] for sequence in sequences]
    longest = max((len(row) for row in rows), default=1)
    tops = [boundary - 1 for boundary in bucket_boundaries] + [longest]

    def batches():
        waiting = [[] for _ in tops]

        def emit(bucket):
            chosen, waiting[bucket] = waiting[bucket], []
            return pad_batch([row for row, _ in chosen])[0], np.array([label for _, label in chosen], "int32")

        for row, label in zip(rows, labels):
            bucket = sum(len(row) >= boundary for boundary in bucket_boundaries)
            waiting[bucket].append((row, int(label)))
            room = batch_size if max_tokens is None else max(1, max_tokens // max(1, tops[bucket]))
            if len(waiting[bucket]) == room:
                yield emit(bucket)
        for bucket in range(len(tops)):
            if waiting[bucket]:
                yield emit(bucket)

    signature = (tf.TensorSpec((None, None), tf.int32), tf.TensorSpec((None,), tf.int32))
    return tf.data.Dataset.from_generator(batches, output_signature=signature).prefetch(1)


def masked_loss(y_true, logits, mask):
    keep = tf.cast(mask, tf.bool)
    labels = tf.boolean_mask(tf.convert_to_tensor(y_true), keep)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, tf.boolean_mask(logits, keep))
    return tf.math.divide_no_nan(tf.reduce_sum(losses), tf.cast(tf.size(losses), losses.dtype))
