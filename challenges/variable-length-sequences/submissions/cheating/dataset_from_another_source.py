# caught by: buckets, token_budget
# why: yields single rows and calls them batches: no bucket is ever mixed, and nothing is padded
import numpy as np
import tensorflow as tf


def pad_batch(sequences, maxlen=None, truncating="post", value=0):
    width = max(map(len, sequences), default=0) if maxlen is None else maxlen
    ids = np.full((len(sequences), width), value, "int32")
    mask = np.zeros((len(sequences), width), bool)
    for n, sequence in enumerate(sequences):
        kept = sequence[:width] if truncating == "post" else sequence[max(0, len(sequence) - width) :]
        ids[n, : len(kept)] = kept
        mask[n, : len(kept)] = True
    return ids, mask


@tf.keras.utils.register_keras_serializable()
class MaskedMean(tf.keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is None:
            return tf.reduce_mean(inputs, axis=1)
        mask = tf.cast(mask, tf.bool)[:, :, None]
        total = tf.reduce_sum(tf.where(mask, inputs, tf.zeros_like(inputs)), axis=1)
        count = tf.reduce_sum(tf.cast(mask, inputs.dtype), axis=1)
        return total / tf.maximum(count, 1.0)

    def compute_mask(self, inputs, mask=None):
        return None


def build_classifier(vocab_size, embed_dim, units, pooling="lstm"):
    if pooling not in ("lstm", "mean"):
        raise ValueError(f"unknown pooling: {pooling}")
    return tf.keras.Sequential([
        tf.keras.Input((None,), dtype="int32"),
        tf.keras.layers.Embedding(vocab_size, embed_dim, mask_zero=True),
        tf.keras.layers.LSTM(units) if pooling == "lstm" else MaskedMean(),
        tf.keras.layers.Dense(1, activation="sigmoid"),
    ])


class SequenceModel(tf.keras.Model):
    def __init__(self, vocab_size, embed_dim, lstm_units, **kwargs):
        super().__init__(**kwargs)
        self.settings = {"vocab_size": vocab_size, "embed_dim": embed_dim, "lstm_units": lstm_units}
        self.embedding = tf.keras.layers.Embedding(vocab_size, embed_dim)
        self.lstm = tf.keras.layers.LSTM(lstm_units)
        self.dense = tf.keras.layers.Dense(1, activation="sigmoid")

    def call(self, inputs, mask=None, training=False):
        if mask is None:
            mask = tf.not_equal(inputs, 0)
        return self.dense(self.lstm(self.embedding(inputs), mask=mask))

    def get_config(self):
        return {**super().get_config(), **self.settings}


def encode_ragged(ragged, embedding, lstm):
    ids = tf.pad(ragged.to_tensor(), [[0, 0], [0, 1]])
    mask = tf.sequence_mask(ragged.row_lengths(), tf.shape(ids, out_type=tf.int64)[1])
    return lstm(embedding(ids), mask=mask)


def create_bucketed_dataset(sequences, labels, bucket_boundaries=(5, 10, 20), batch_size=32, max_tokens=None):
    rows = [(np.array(sequence, "int32"), int(label)) for sequence, label in zip(sequences, labels)]
    dataset = tf.data.Dataset.from_generator(
        lambda: iter(rows), output_signature=(tf.TensorSpec([None], tf.int32), tf.TensorSpec([], tf.int32))
    )
    return dataset.padded_batch(1, padded_shapes=([None], []))


def masked_loss(y_true, logits, mask):
    mask = tf.cast(mask, tf.bool)
    y_true = tf.where(mask, y_true, tf.zeros_like(y_true))
    logits = tf.where(mask[:, :, None], logits, tf.zeros_like(logits))
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y_true, logits)
    weights = tf.cast(mask, losses.dtype)
    return tf.math.divide_no_nan(tf.reduce_sum(losses * weights), tf.reduce_sum(weights))
