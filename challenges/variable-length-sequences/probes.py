"""What is looked at: masks, and what comes out of layers, models, datasets and a loss when padding changes."""

import keras
import numpy as np
import tensorflow as tf

from grader.probing import f32, probe, raised, scratch

VOCABULARY, WIDTH, UNITS = 12, 3, 4


def tokens(rng, *lengths):
    """A list of ids for each length. Ids start at 1."""
    return [rng.integers(1, VOCABULARY, length).tolist() for length in lengths]


def padded(rows, width, left=False):
    """Rows as int32 (N, width), zeros behind them (or, with `left`, before them)."""
    batch = np.zeros((len(rows), width), "int32")
    for place, row in zip(batch, rows, strict=True):
        place[width - len(row) if left else 0 :][: len(row)] = row
    return batch


def drawn(layer, rng):
    """The layer or model with random numbers in all of its weights, in their order."""
    layer.set_weights([0.7 * f32(rng, *weight.shape) for weight in layer.weights])
    return layer


def drawn_model(solution, rng):
    """A `SequenceModel` with random weights, through its three attributes."""
    model = solution.SequenceModel(VOCABULARY, WIDTH, UNITS)
    model(np.ones((1, 2), "int32"))
    for layer in (model.embedding, model.lstm, model.dense):
        drawn(layer, rng)
    return model


def built_layers(rng):
    """An embedding and an LSTM with random weights."""
    embedding, lstm = keras.layers.Embedding(VOCABULARY, WIDTH), keras.layers.LSTM(UNITS)
    embedding.build((None, None))
    lstm.build((None, None, WIDTH))
    return drawn(embedding, rng), drawn(lstm, rng)


def loss_and_gradient(loss, labels, logits, mask):
    logits = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = loss(labels, logits, mask)
    return {"value": value, "gradient": tf.convert_to_tensor(tape.gradient(value, logits))}


def read(dataset):
    """One pass: the ids and the labels of every batch."""
    return [{"ids": np.asarray(ids), "labels": np.asarray(labels)} for ids, labels in dataset]


@probe("padding")
def padding(solution, rng):
    """Six sequences, with zeros inside and one that is empty, at several widths; and nothing at all."""
    rows = tokens(rng, 4, 2, 7, 5, 1)
    rows[0][1], rows[2][0], rows[3][-1] = 0, 0, 0
    rows.insert(2, [])
    arrays = [np.array(row, "int64") for row in rows]
    calls = {
        "as_wide_as_needed": (rows, {}),
        "wider": (rows, {"maxlen": 12}),
        "first_tokens": (rows, {"maxlen": 3}),
        "last_tokens": (rows, {"maxlen": 3, "truncating": "pre"}),
        "other_value": (rows, {"value": -1}),
        "arrays": (arrays, {"maxlen": 4, "truncating": "pre", "value": 99}),
        "no_sequences": ([], {}),
        "no_sequences_but_a_width": ([], {"maxlen": 5}),
        "only_empty_ones": ([[], []], {}),
    }
    return {name: list(solution.pad_batch(given, **settings)) for name, (given, settings) in calls.items()}


@probe("masked_mean")
def masked_mean(solution, rng):
    """Means and gradients under several masks, behind an embedding, and in a model that learns."""
    x, factors = f32(rng, 4, 5, 3), f32(rng, 4, 3)
    mask = rng.random((4, 5)) < 0.5
    mask[0], mask[1], mask[2, :2] = True, False, (True, False)
    layer = solution.MaskedMean()

    def mean(inputs, mask):
        inputs = tf.constant(inputs)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            output = layer(inputs, mask=mask)
            total = tf.reduce_sum(output * factors)
        return {"output": output, "gradient": tf.convert_to_tensor(tape.gradient(total, inputs))}

    rubbish = np.where(mask[..., np.newaxis], x, np.float32(np.nan))
    infinite = np.where(mask[..., np.newaxis], x, np.float32(np.inf))
    ids = padded([*tokens(rng, 2, 6, 1), []], 6)
    embedding = keras.layers.Embedding(VOCABULARY, WIDTH, mask_zero=True)
    layers = [keras.Input((None,), dtype="int32"), embedding, solution.MaskedMean(), keras.layers.Dense(1)]
    model = drawn(keras.Sequential(layers), rng)
    model.compile(keras.optimizers.SGD(0.1), loss="mse", jit_compile=False)
    model.fit(ids, f32(rng, 4, 1), epochs=1, verbose=0)
    return {
        "masked": mean(x, mask),
        "without_a_mask": mean(x, None),
        "nan_under_the_mask": mean(rubbish, mask),
        "infinity_under_the_mask": mean(infinite, mask),
        "behind_an_embedding": solution.MaskedMean()(embedding(ids)),
        "goes_on": layer.compute_mask(x, mask) is not None,
        "trained": model.get_weights(),
    }


@probe("classifier_ignores_padding")
def classifier_ignores_padding(solution, rng):
    """The same rows at two widths and alone, for both poolings, with weights that are given."""
    rows = tokens(rng, 3, 7, 1, 5)
    seen = {}
    for pooling in ("lstm", "mean"):
        model = drawn(solution.build_classifier(VOCABULARY, WIDTH, UNITS, pooling=pooling), rng)
        seen[pooling] = {
            "weights": [list(weight.shape) for weight in model.weights],
            "width_7": model(padded(rows, 7)),
            "width_15": model(padded(rows, 15)),
            "alone": [model(padded([row], len(row))) for row in rows],
        }
    default = solution.build_classifier(VOCABULARY, WIDTH, UNITS)
    poolings = ("max", "lstm", "", "mean", None)
    return seen | {
        "weights_by_default": [list(weight.shape) for weight in default.weights],
        "poolings": [raised(solution.build_classifier, 5, 2, 2, pooling=pooling) for pooling in poolings],
    }


@probe("sequence_model")
def sequence_model(solution, rng):
    """Masks made from the ids, at the right, at the left and within; and masks that are given."""
    model = drawn_model(solution, rng)
    rows = tokens(rng, 3, 6, 1)
    rows[1][2] = 0
    right, wider, left = padded(rows, 6), padded(rows, 11), padded(rows, 8, left=True)
    holes = rng.random((3, 6)) < 0.6
    holes[:, 0], holes[0, 1], holes[1, 4] = True, False, False
    everything = np.ones((3, 6), bool)
    return {
        "right": model(right),
        "wider": model(wider),
        "left": model(left),
        "mask_with_holes": model(right, mask=holes),
        "mask_keeps_zeros": model(right, mask=everything),
        "mask_as_a_tensor": model(tf.constant(right), mask=tf.constant(~right.astype(bool))),
        "int64": model(right.astype("int64")),
        "in_training": model(right, training=True),
    }


@probe("sequence_model_in_use")
def sequence_model_in_use(solution, rng):
    """Trained on rows among which one is padding alone, then saved and loaded."""
    model = drawn_model(solution, rng)
    ids = padded([*tokens(rng, 5, 2, 4, 3), []], 5)
    labels = np.float32([[1], [0], [0], [1], [1]])
    before = model(ids)
    model.compile(keras.optimizers.SGD(0.5), loss="binary_crossentropy", jit_compile=False)
    history = model.fit(ids, labels, batch_size=5, epochs=2, shuffle=False, verbose=0)
    path = scratch() / "m.keras"
    model.save(path)
    loaded = keras.saving.load_model(path, custom_objects={"SequenceModel": solution.SequenceModel})
    return {
        "before": before,
        "losses": [np.float32(loss) for loss in history.history["loss"]],
        "after": model(ids),
        "loaded": loaded(ids),
        "loaded_with_a_mask": loaded(ids, mask=np.ones(ids.shape, bool)),
        "class": type(loaded).__name__,
    }


@probe("ragged_rows")
def ragged_rows(solution, rng):
    """Rows with zeros in them, each alone, as int64, as a slice, and in a graph; an empty row among them."""
    embedding, lstm = built_layers(rng)
    rows = tokens(rng, 5, 2, 7, 1)
    rows[0][2], rows[1][0], rows[2][-1] = 0, 0, 0
    rows.insert(2, [])

    def encode(ragged):
        return solution.encode_ragged(ragged, embedding, lstm)

    def ragged(rows, dtype=tf.int32):
        return tf.ragged.constant(rows, dtype=dtype, ragged_rank=1)

    graph = tf.function(encode, input_signature=[tf.RaggedTensorSpec([None, None], tf.int32)])
    return {
        "together": encode(ragged(rows)),
        "alone": [encode(ragged([row])) for row in rows if row],
        "int64": encode(ragged(rows, tf.int64)),
        "slice": encode(ragged(rows)[1:4]),
        "columns": encode(ragged(rows)[:, 1:3]),
        "graph": [graph(ragged(rows)), graph(ragged(rows[:2]))],
    }


@probe("buckets")
def buckets(solution, rng, mixed, names):
    """Sequences of 0 to 25 tokens, read twice; and the defaults' shapes."""
    arrays = [np.array(row, "int32") for row in mixed]
    dataset = solution.create_bucketed_dataset(arrays, names, bucket_boundaries=(5, 10, 20), batch_size=4)
    lists = solution.create_bucketed_dataset([list(row) for row in mixed], [int(name) for name in names], batch_size=8)
    return {
        "first_pass": read(dataset),
        "second_pass": read(dataset),
        "lists": read(lists),
        "shapes": [list(part.shape) for part in dataset.element_spec],
        "types": [part.dtype.name for part in dataset.element_spec],
    }


@probe("token_budget")
def token_budget(solution, rng, short_and_long, their_names):
    """A budget with room for several rows, and one that is smaller than most sequences."""
    make = solution.create_bucketed_dataset
    wide = make(short_and_long, their_names, bucket_boundaries=(4, 16), batch_size=7, max_tokens=60)
    tight = make(short_and_long, their_names, bucket_boundaries=(4, 16), max_tokens=3)
    return {"wide": read(wide), "wide_again": read(wide), "tight": read(tight)}


@probe("token_loss")
def token_loss(solution, rng):
    """Rows of very different length, a batch without padding, one token, none; and the gradients."""
    labels, logits = rng.integers(0, 4, (3, 7)).astype("int32"), f32(rng, 3, 7, 4)
    uneven = np.arange(7) < np.array([[7], [3], [1]])
    one = np.zeros((3, 7), bool)
    one[1, 2] = True
    masks = {
        "uneven": uneven,
        "full": np.ones((3, 7), bool),
        "one_token": one,
        "none": np.zeros((3, 7), bool),
        "numbers": uneven.astype("float32"),
    }
    seen = {name: loss_and_gradient(solution.masked_loss, labels, logits, mask) for name, mask in masks.items()}
    graph = tf.function(solution.masked_loss)
    return seen | {"int64_in_a_graph": graph(tf.constant(labels, tf.int64), tf.constant(logits), tf.constant(uneven))}


@probe("rubbish_under_the_mask")
def rubbish_under_the_mask(solution, rng):
    """Labels that are no classes and logits that are no numbers, where nothing counts."""
    labels, logits = rng.integers(0, 4, (3, 5)).astype("int32"), f32(rng, 3, 5, 4)
    mask = np.arange(5) < np.array([[5], [2], [1]])
    no_labels = np.where(mask, labels, -1).astype("int32")
    seen = {"labels": loss_and_gradient(solution.masked_loss, no_labels, logits, mask)}
    for name, value in (("nan", np.nan), ("infinity", np.inf), ("minus_infinity", -np.inf)):
        rubbish = np.where(mask[..., np.newaxis], logits, np.float32(value))
        seen[name] = loss_and_gradient(solution.masked_loss, no_labels, rubbish, mask)
    return seen
