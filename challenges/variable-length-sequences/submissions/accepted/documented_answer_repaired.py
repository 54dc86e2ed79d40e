# style: the documented answer with its faults taken out: from_generator over a list, masks from lengths, a config
import numpy as np
import tensorflow as tf


def pad_batch(sequences, maxlen=None, truncating="post", value=0):
    width = maxlen if maxlen is not None else max(map(len, sequences), default=0)
    cut = (lambda s: s[:width]) if truncating == "post" else (lambda s: s[len(s) - width :] if len(s) > width else s)
    rows = [list(cut(sequence)) for sequence in sequences]
    ids = np.array([row + [value] * (width - len(row)) for row in rows], "int32").reshape(len(rows), width)
    mask = np.array([[True] * len(row) + [False] * (width - len(row)) for row in rows], bool).reshape(len(rows), width)
    return ids, mask


@tf.keras.utils.register_keras_serializable()
class MaskedMean(tf.keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_mask(self, inputs, mask=None):
        return None

    def call(self, inputs, mask=None):
        if mask is None:
            mask = tf.ones(tf.shape(inputs)[:2], tf.bool)
        kept = tf.where(mask[:, :, None], inputs, 0.0)
        count = tf.math.count_nonzero(mask, axis=1, keepdims=True, dtype=inputs.dtype)
        return tf.where(count > 0, tf.reduce_sum(kept, axis=1) / tf.where(count > 0, count, 1.0), 0.0)


def build_classifier(vocab_size, embed_dim, units, pooling="lstm"):
    if pooling not in ["lstm", "mean"]:
        raise ValueError(pooling)
    model = tf.keras.Sequential([
        tf.keras.layers.Embedding(vocab_size, embed_dim, mask_zero=True),
        tf.keras.layers.LSTM(units) if pooling == "lstm" else MaskedMean(),
        tf.keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.build((None, None))
    return model


class SequenceModel(tf.keras.Model):
    def __init__(self, vocab_size, embed_dim, lstm_units, **kwargs):
        super().__init__(**kwargs)
        self.vocab_size = vocab_size
        self.embed_dim = embed_dim
        self.lstm_units = lstm_units
        self.embedding = tf.keras.layers.Embedding(vocab_size, embed_dim)
        self.lstm = tf.keras.layers.LSTM(lstm_units)
        self.dense = tf.keras.layers.Dense(1, activation="sigmoid")

    def call(self, inputs, mask=None, training=False):
        if mask is None:
            mask = tf.not_equal(inputs, 0)
        return self.dense(self.lstm(self.embedding(inputs), mask=mask))

    def get_config(self):
        config = super().get_config()
        config["vocab_size"] = self.vocab_size
        config["embed_dim"] = self.embed_dim
        config["lstm_units"] = self.lstm_units
        return config


def encode_ragged(ragged, embedding, lstm):
    lengths = tf.cast(ragged.row_lengths(), tf.int32)
    ids = tf.pad(ragged.to_tensor(), [[0, 0], [0, 1]])
    return lstm(embedding(ids), mask=tf.sequence_mask(lengths, tf.shape(ids)[1]))


def create_bucketed_dataset(sequences, labels, bucket_boundaries=(5, 10, 20), batch_size=32, max_tokens=None):
    pairs = [(np.array(sequence, "int32"), int(label)) for sequence, label in zip(sequences, labels)]
    longest = max([len(ids) for ids, _ in pairs] + [1])
    widths = [max(boundary - 1, 1) for boundary in bucket_boundaries] + [longest]
    sizes = [batch_size if max_tokens is None else max(1, max_tokens // width) for width in widths]
    dataset = tf.data.Dataset.from_generator(
        lambda: iter(pairs),
        output_signature=(tf.TensorSpec(shape=[None], dtype=tf.int32), tf.TensorSpec(shape=[], dtype=tf.int32)),
    )
    return dataset.bucket_by_sequence_length(
        element_length_func=lambda ids, label: tf.shape(ids)[0],
        bucket_boundaries=list(bucket_boundaries),
        bucket_batch_sizes=sizes,
        padded_shapes=([None], []),
    )


def masked_loss(y_true, logits, mask):
    mask = tf.not_equal(tf.cast(mask, tf.float32), 0.0)
    y_true = tf.where(mask, tf.cast(y_true, tf.int32), 0)
    logits = tf.where(mask[:, :, None], logits, 0.0)
    picked = tf.gather(tf.nn.log_softmax(logits), y_true, batch_dims=2)
    count = tf.reduce_sum(tf.cast(mask, tf.float32))
    return -tf.reduce_sum(tf.where(mask, picked, 0.0)) / tf.maximum(count, 1.0)
