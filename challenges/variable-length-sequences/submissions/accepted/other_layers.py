# style: RNN of LSTMCell, the mean as an einsum, group_by_window with padded_batch, Keras's loss with its own reduction
import keras
import numpy as np
import tensorflow as tf
from keras import ops


def pad_batch(sequences, maxlen=None, truncating="post", value=0):
    if maxlen is None:
        maxlen = max([len(sequence) for sequence in sequences] + [0])
    if not len(sequences):
        return np.zeros((0, maxlen), "int32"), np.zeros((0, maxlen), bool)
    settings = {"maxlen": maxlen, "padding": "post", "truncating": truncating}
    ids = keras.utils.pad_sequences(sequences, value=value, **settings)
    ones = [np.ones(len(sequence), "int32") for sequence in sequences]
    return ids, keras.utils.pad_sequences(ones, value=0, **settings).astype(bool)


@keras.saving.register_keras_serializable("interview")
class MaskedMean(keras.layers.Layer):
    supports_masking = True

    def call(self, inputs, mask=None):
        weights = ops.ones_like(inputs[..., 0]) if mask is None else ops.cast(mask, inputs.dtype)
        clean = ops.where(ops.expand_dims(weights, -1) > 0, inputs, 0)
        return ops.einsum("nt,ntd->nd", weights, clean) / ops.maximum(ops.sum(weights, axis=1, keepdims=True), 1)

    def compute_mask(self, *args, **kwargs):
        return None


def build_classifier(vocab_size, embed_dim, units, pooling="lstm"):
    pools = {"lstm": lambda: keras.layers.RNN(keras.layers.LSTMCell(units)), "mean": MaskedMean}
    if pooling not in pools:
        raise ValueError(f"pooling is one of {list(pools)}, not {pooling}")
    model = keras.Sequential([keras.Input((None,), dtype="int32")])
    model.add(keras.layers.Embedding(vocab_size, embed_dim, mask_zero=True))
    model.add(pools[pooling]())
    model.add(keras.layers.Dense(1, "sigmoid"))
    return model


class SequenceModel(keras.Model):
    def __init__(self, vocab_size, embed_dim, lstm_units, **kwargs):
        super().__init__(**kwargs)
        self.embedding = keras.layers.Embedding(vocab_size, embed_dim)
        self.lstm = keras.layers.RNN(keras.layers.LSTMCell(lstm_units))
        self.dense = keras.layers.Dense(1, activation="sigmoid")
        self.sizes = (vocab_size, embed_dim, lstm_units)

    def call(self, inputs, mask=None, training=False):
        mask = inputs != 0 if mask is None else mask
        return self.dense(self.lstm(self.embedding(inputs), mask=mask, training=training))

    def get_config(self):
        config = super().get_config()
        config.update(zip(("vocab_size", "embed_dim", "lstm_units"), self.sizes))
        return config


def encode_ragged(ragged, embedding, lstm):
    lengths = ragged.row_lengths()
    width = tf.maximum(tf.reduce_max(lengths), 1)
    ids = ragged.to_tensor(shape=tf.stack([ragged.nrows(), width]))
    return lstm(embedding(ids), mask=tf.range(width) < lengths[:, None])


def create_bucketed_dataset(sequences, labels, bucket_boundaries=(5, 10, 20), batch_size=32, max_tokens=None):
    ragged = tf.ragged.constant([list(map(int, row)) for row in sequences], ragged_rank=1, dtype=tf.int32)
    bounds = tf.constant(list(bucket_boundaries), tf.int64)
    if max_tokens is None:
        sizes = tf.fill([len(bucket_boundaries) + 1], tf.constant(batch_size, tf.int64))
    else:
        longest = max(len(row) for row in sequences)
        tops = [max(1, bound - 1) for bound in bucket_boundaries] + [max(1, longest)]
        sizes = tf.constant([max(1, max_tokens // top) for top in tops], tf.int64)
    rows = tf.data.Dataset.from_tensor_slices((ragged, np.asarray(labels, "int32")))
    rows = rows.map(lambda ids, label: (tf.ensure_shape(ids, [None]), label))
    return rows.group_by_window(
        key_func=lambda ids, label: tf.reduce_sum(tf.cast(tf.size(ids, tf.int64) >= bounds, tf.int64)),
        reduce_func=lambda key, window: window.padded_batch(sizes[key], padded_shapes=([None], [])),
        window_size_func=lambda key: sizes[key],
    )


def masked_loss(y_true, logits, mask):
    mask = ops.cast(mask, "bool")
    labels = ops.where(mask, y_true, 0)
    logits = ops.where(mask[..., None], logits, 0.0)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")
    return loss(labels, logits, sample_weight=ops.cast(mask, "float32"))
