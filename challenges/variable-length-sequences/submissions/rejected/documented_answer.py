# caught by: padding, masked_mean, classifier_ignores_padding, sequence_model_in_use, ragged_rows, buckets, token_budget, token_loss, rubbish_under_the_mask
# why: the documented answer put into the given functions, with a pooling and a loss in the same spirit
import tensorflow as tf


def pad_batch(sequences, maxlen=None, truncating="post", value=0):
    padded = tf.keras.utils.pad_sequences(
        sequences, padding="post", truncating=truncating, maxlen=maxlen, value=value
    )
    return padded, padded != 0


class MaskedMean(tf.keras.layers.GlobalAveragePooling1D):
    pass


def build_classifier(vocab_size, embed_dim, units, pooling="lstm"):
    return tf.keras.Sequential([
        tf.keras.layers.Embedding(vocab_size, embed_dim, mask_zero=True),
        tf.keras.layers.LSTM(units) if pooling == "lstm" else MaskedMean(),
        tf.keras.layers.Dense(1),
    ])


def encode_ragged(ragged, embedding, lstm):
    return lstm(ragged)


def create_bucketed_dataset(sequences, labels, bucket_boundaries=(5, 10, 20), batch_size=32, max_tokens=None):
    def element_length_fn(x, y):
        return tf.shape(x)[0]

    def bucket_batch_sizes(bucket_id, batch_size=32):
        return batch_size

    pairs = zip(sequences, labels)
    dataset = tf.data.Dataset.from_generator(
        lambda: pairs,
        output_signature=(tf.TensorSpec(shape=[None], dtype=tf.int32), tf.TensorSpec(shape=[], dtype=tf.int32)),
    )
    return dataset.bucket_by_sequence_length(
        element_length_func=element_length_fn,
        bucket_boundaries=list(bucket_boundaries),
        bucket_batch_sizes=[32] * (len(bucket_boundaries) + 1),
        padded_shapes=([None], []),
    )


class SequenceModel(tf.keras.Model):
    def __init__(self, vocab_size, embed_dim, lstm_units):
        super().__init__()
        self.embedding = tf.keras.layers.Embedding(vocab_size, embed_dim)
        self.lstm = tf.keras.layers.LSTM(lstm_units)
        self.dense = tf.keras.layers.Dense(1, activation="sigmoid")

    def call(self, inputs, mask=None, training=False):
        if mask is None:
            mask = tf.not_equal(inputs, 0)
        x = self.embedding(inputs)
        x = self.lstm(x, mask=mask)
        return self.dense(x)


def masked_loss(y_true, logits, mask):
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return loss(y_true, logits, sample_weight=tf.cast(mask, tf.float32))
