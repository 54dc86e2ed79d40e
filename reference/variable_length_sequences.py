"""Sequences of different lengths: padded with a mask, ragged, in buckets, and in a loss that counts tokens.

One rule runs through all of it: whether a position is padding is a fact of its own, kept in a mask or a length. It can
be read off the ids only where a contract says that one of them means padding (`build_classifier`, `SequenceModel`
without a mask); everywhere else 0 is a token like any other.

The second rule is about arithmetic. What is masked may be NaN or infinite, and NaN * 0 is NaN, in the value and in the
gradient. So masked values are replaced *before* anything is computed from them:

    mean_t = sum_t where(mask_t, x_t, 0) / max(1, sum_t mask_t)
    loss   = sum_t mask_t * H(where(mask_t, y_t, 0), where(mask_t, z_t, 0)) / sum_t mask_t,      0 without tokens

A `where` behind the computation has the right value and a wrong gradient: backwards, 0 meets the infinite slope of the
branch that was not taken.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

Ids: TypeAlias = NDArray[np.int32]
Mask: TypeAlias = NDArray[np.bool_]


def pad_batch(
    sequences: Sequence[ArrayLike],
    maxlen: int | None = None,
    truncating: Literal["post", "pre"] = "post",
    value: int = 0,
) -> tuple[Ids, Mask]:
    """Return sequences of integers as one array, and which of its places hold a token.

    Args:
        sequences: any number of them, of any length, 0 included.
        maxlen: width of the result; None takes the longest length.
        truncating: a sequence that is too long keeps its first tokens ("post") or its last ("pre").
        value: what padding, always behind the tokens, is filled with.

    Returns:
        `ids` int32 and `mask` bool, both `(N, T)`.
    """
    if truncating not in ("post", "pre"):
        raise ValueError(f"truncating must be 'post' or 'pre'. Received: {truncating!r}")
    arrays = [np.asarray(sequence, np.int32) for sequence in sequences]
    width = max((len(array) for array in arrays), default=0) if maxlen is None else maxlen
    kept = [array[:width] if truncating == "post" else array[max(0, len(array) - width) :] for array in arrays]
    ids = np.full((len(kept), width), value, np.int32)
    mask = np.arange(width) < np.array([len(array) for array in kept], int).reshape(-1, 1)
    for row, array in zip(ids, kept, strict=True):
        row[: len(array)] = array
    return ids, mask


@keras.saving.register_keras_serializable(package="gradetape")
class MaskedMean(keras.layers.Layer):
    """Mean over the steps that are not masked: `(N, T, D)` gives `(N, D)`, zeros for a row without any.

    The time axis is gone afterwards, so no mask goes on.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Average over axis 1; `mask` is boolean `(N, T)`, and None keeps every step."""
        if mask is None:
            return keras.ops.mean(inputs, axis=1)
        mask = keras.ops.expand_dims(keras.ops.cast(mask, "bool"), -1)
        total = keras.ops.sum(keras.ops.where(mask, inputs, keras.ops.zeros_like(inputs)), axis=1)
        return total / keras.ops.maximum(keras.ops.sum(keras.ops.cast(mask, inputs.dtype), axis=1), 1)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Nothing is left to mask."""
        return

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Without the axis of the steps."""
        return (input_shape[0], input_shape[2])


def build_classifier(
    vocab_size: int, embed_dim: int, units: int, pooling: Literal["lstm", "mean"] = "lstm"
) -> keras.Model:
    """Return a model from ids `(N, T)`, in which 0 is padding, to one probability a row.

    Raises:
        ValueError: unknown pooling.
    """
    if pooling not in ("lstm", "mean"):
        raise ValueError(f"pooling must be 'lstm' or 'mean'. Received: {pooling!r}")
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(vocab_size, embed_dim, mask_zero=True),
            keras.layers.LSTM(units) if pooling == "lstm" else MaskedMean(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


class SequenceModel(keras.Model):
    """Embedding, LSTM and a sigmoid, with a mask that can be given or is made from the ids."""

    def __init__(self, vocab_size: int, embed_dim: int, lstm_units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vocab_size, self.embed_dim, self.lstm_units = vocab_size, embed_dim, lstm_units
        # Not mask_zero: the mask is decided below, and two rules would have to agree.
        self.embedding = keras.layers.Embedding(vocab_size, embed_dim)
        self.lstm = keras.layers.LSTM(lstm_units)
        self.dense = keras.layers.Dense(1, activation="sigmoid")

    def call(self, inputs: Any, mask: Any = None, training: bool = False) -> Any:
        """Return probabilities `(N, 1)` for ids `(N, T)`.

        `mask`, boolean `(N, T)`, says alone what counts; without it every id but 0 does.
        """
        if mask is None:
            mask = keras.ops.not_equal(inputs, 0)
        return self.dense(self.lstm(self.embedding(inputs), mask=mask, training=training))

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Nothing is left to mask: the output has no steps."""
        return

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"vocab_size": self.vocab_size, "embed_dim": self.embed_dim, "lstm_units": self.lstm_units}
        return super().get_config() | own


def encode_ragged(ragged: tf.RaggedTensor, embedding: keras.layers.Layer, lstm: keras.layers.Layer) -> tf.Tensor:
    """Return what `lstm` gives for each row of ids alone, `(N, units)`; zeros for an empty row.

    Keras's layers take no ragged tensors, so the rows are padded. The mask comes from their lengths, not from the ids.
    """
    ids = ragged.to_tensor()
    # An LSTM needs a step, which a batch of nothing but empty rows has not.
    ids = tf.pad(ids, [[0, 0], [0, tf.maximum(0, 1 - tf.shape(ids)[1])]])
    mask = tf.sequence_mask(ragged.row_lengths(), maxlen=tf.shape(ids)[1])
    return lstm(embedding(ids), mask=mask)


def create_bucketed_dataset(
    sequences: Sequence[ArrayLike],
    labels: Sequence[int],
    bucket_boundaries: Sequence[int] = (5, 10, 20),
    batch_size: int = 32,
    max_tokens: int | None = None,
) -> tf.data.Dataset:
    """Return batches `(ids, labels)` of sequences of similar length, padded with 0 to the longest of the batch.

    Bucket k takes lengths from `boundaries[k - 1]` to below `boundaries[k]`. With `max_tokens` a bucket's batches have
    as many rows as its longest possible sequence leaves room for (the last bucket's: the longest one there is), and
    `batch_size` counts for nothing.
    """
    rows = [np.asarray(sequence, np.int32) for sequence in sequences]

    def elements() -> Iterator[tuple[Ids, int]]:
        # Made anew for every pass: a dataset over one generator object is empty from the second pass on.
        yield from zip(rows, labels, strict=True)

    sizes = [batch_size] * (len(bucket_boundaries) + 1)
    if max_tokens is not None:
        longest = [boundary - 1 for boundary in bucket_boundaries] + [max(map(len, rows), default=1)]
        sizes = [max(1, max_tokens // max(1, length)) for length in longest]
    signature = (tf.TensorSpec([None], tf.int32), tf.TensorSpec([], tf.int32))
    return tf.data.Dataset.from_generator(elements, output_signature=signature).bucket_by_sequence_length(
        lambda ids, label: tf.shape(ids)[0],
        bucket_boundaries=list(bucket_boundaries),
        bucket_batch_sizes=sizes,
        padded_shapes=([None], []),
        pad_to_bucket_boundary=False,
    )


def masked_loss(y_true: Any, logits: Any, mask: Any) -> tf.Tensor:
    """Return the mean cross-entropy of the real tokens of a batch, 0 when there is none.

    Args:
        y_true: class numbers `(N, T)`; under the mask anything.
        logits: `(N, T, C)`; under the mask anything, NaN included.
        mask: `(N, T)`, boolean or 0 and 1.
    """
    mask, y_true, logits = tf.cast(mask, tf.bool), tf.convert_to_tensor(y_true), tf.convert_to_tensor(logits)
    safe_labels = tf.where(mask, y_true, tf.zeros_like(y_true))
    safe_logits = tf.where(mask[..., tf.newaxis], logits, tf.zeros_like(logits))
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(safe_labels, safe_logits)
    weights = tf.cast(mask, losses.dtype)
    return tf.math.divide_no_nan(tf.reduce_sum(losses * weights), tf.reduce_sum(weights))
