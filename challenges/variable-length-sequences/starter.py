import keras
import numpy as np
import tensorflow as tf


def pad_batch(sequences, maxlen=None, truncating="post", value=0):
    """Return ids int32 (N, T) and mask bool (N, T). Padding comes after the tokens; 0 is a token."""
    raise NotImplementedError


class MaskedMean(keras.layers.Layer):
    """The mean over the steps that are not masked: (N, T, D) gives (N, D)."""

    def call(self, inputs, mask=None):
        raise NotImplementedError


def build_classifier(vocab_size, embed_dim, units, pooling="lstm"):
    """Return Embedding, then LSTM or MaskedMean, then Dense(1, sigmoid). Id 0 is padding."""
    raise NotImplementedError


class SequenceModel(keras.Model):
    """Has the attributes embedding, lstm and dense. A mask that is given replaces the rule that 0 is padding."""

    def __init__(self, vocab_size, embed_dim, lstm_units, **kwargs):
        super().__init__(**kwargs)
        raise NotImplementedError

    def call(self, inputs, mask=None, training=False):
        raise NotImplementedError


def encode_ragged(ragged, embedding, lstm):
    """Return (N, units): what each row gives alone, at its own length. 0 is a token."""
    raise NotImplementedError


def create_bucketed_dataset(sequences, labels, bucket_boundaries=(5, 10, 20), batch_size=32, max_tokens=None):
    """Return a tf.data.Dataset of (ids (B, T), labels (B,)) in which no batch mixes buckets."""
    raise NotImplementedError


def masked_loss(y_true, logits, mask):
    """Return the cross-entropy of the real tokens of a batch, divided by their number."""
    raise NotImplementedError
