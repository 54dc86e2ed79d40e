# caught by: masked_mean, classifier_ignores_padding
# why: adds up what is kept and divides by the padded length
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
        return total / tf.cast(tf.shape(inputs)[1], inputs.dtype)

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
    boundaries = list(bucket_boundaries)
    longest = max([len(ids) for ids, _ in rows] + [1])
    sizes = [batch_size] * (len(boundaries) + 1)
    if max_tokens is not None:
        sizes = [max(1, max_tokens // max(1, top)) for top in [boundary - 1 for boundary in boundaries] + [longest]]
    dataset = tf.data.Dataset.from_generator(
        lambda: iter(rows), output_signature=(tf.TensorSpec([None], tf.int32), tf.TensorSpec([], tf.int32))
    )
    return dataset.bucket_by_sequence_length(
        lambda ids, label: tf.shape(ids)[0],
        bucket_boundaries=boundaries,
        bucket_batch_sizes=sizes,
        padded_shapes=([None], []),
    )


def masked_loss(y_true, logits, mask):
    mask = tf.cast(mask, tf.bool)
    y_true = tf.where(mask, y_true, tf.zeros_like(y_true))
    logits = tf.where(mask[:, :, None], logits, tf.zeros_like(logits))
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y_true, logits)
    weights = tf.cast(mask, losses.dtype)
    return tf.math.divide_no_nan(tf.reduce_sum(losses * weights), tf.reduce_sum(weights))
