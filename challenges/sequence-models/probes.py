"""What is looked at: an LSTM's outputs, states and gradients, and models under different paddings."""

import numpy as np
import tensorflow as tf

from grader.probing import f32, probe, raised

KINDS = ("lstm", "gru", "bilstm")


def layer_weights(rng, features, units):
    """Kernel, recurrent kernel and bias of an LSTM layer, all of them random."""
    return [0.5 * f32(rng, *shape) for shape in ((features, 4 * units), (units, 4 * units), (4 * units,))]


def named(results):
    """The three results of `lstm_forward`."""
    sequence, h, c = results
    return {"sequence": sequence, "h": h, "c": c}


def filled(model, rng):
    """The model with random numbers in all of its weights."""
    for weight in model.weights:
        weight.assign(0.4 * f32(rng, *weight.shape))
    return model


def shapes(model):
    return [list(weight.shape) for weight in model.weights]


def padded(sequences, value):
    """Sequences (T_i, F) as one array, by the probe's own means."""
    batch = np.full((len(sequences), max(map(len, sequences)), sequences[0].shape[1]), value, "float32")
    for row, sequence in zip(batch, sequences, strict=True):
        row[: len(sequence)] = sequence
    return batch


@probe("sequences")
def sequences(solution, rng):
    """Data of a seed, of the same and of another; and the numbers that NumPy's own generator draws afterwards."""
    count, length, seed = (int(rng.integers(*bounds)) for bounds in ((200, 260), (8, 13), (1, 1000)))
    np.random.seed(seed)
    x, y = solution.generate_sequences(count, length, seed=seed)
    drawn = np.random.random(3)
    return {
        "x": x,
        "y": y,
        "again": solution.generate_sequences(count, length, seed=seed)[0],
        "other": solution.generate_sequences(count, length, seed=seed + 1)[0],
        "unseeded": solution.generate_sequences(5, 1)[0],
        "unseeded_again": solution.generate_sequences(5, 1)[0],
        "drawn_afterwards": drawn,
    }


@probe("padding")
def padding(solution, rng):
    """Arrays and nested lists of different lengths; what became of them; and what is refused."""
    arrays = [f32(rng, steps, 2) for steps in (3, 1, 5)]
    doubles = [rng.normal(size=(steps, 1)) for steps in (2, 2)]
    nested = [[[1, 2.5], [0, -1]], [[4, 0]], [[0.5, 7], [8, 9], [10, 11]]]
    given = {
        "fine": [f32(rng, 3, 2), f32(rng, 1, 2)],
        "none": [],
        "no_steps": [f32(rng, 3, 2), np.zeros((0, 2), "float32")],
        "features": [f32(rng, 3, 2), f32(rng, 3, 3)],
        "features_of_one": [f32(rng, 3, 1), f32(rng, 2, 3)],
    }
    return {
        "arrays": solution.pad_batch(arrays, -9.0),
        "doubles": solution.pad_batch(doubles, 0.25),
        "nested": solution.pad_batch(nested, 3.5),
        "arrays_afterwards": arrays,
        "nested_afterwards": nested,
        "outcomes": {name: raised(solution.pad_batch, rows, 0.0) for name, rows in given.items()},
    }


@probe("lstm_steps")
def lstm_steps(solution, rng):
    """All outputs and the last states: several steps, one step, and inputs that saturate the gates."""
    seen = {}
    for name, shape, scale in (("five_steps", (2, 5, 3), 1), ("one_step", (4, 1, 3), 1), ("large", (3, 4, 2), 20)):
        x, weights = scale * f32(rng, *shape), layer_weights(rng, shape[-1], 4)
        seen[name] = named(solution.lstm_forward(x, *weights))
    tensors = [tf.constant(array) for array in (f32(rng, 2, 3, 1), *layer_weights(rng, 1, 5))]
    return seen | {"tensors": named(solution.lstm_forward(*tensors))}


@probe("lstm_mask")
def lstm_mask(solution, rng):
    """Steps that don't happen: at the end, at the beginning, in between, none, all."""
    x, weights = f32(rng, 3, 6, 2), layer_weights(rng, 2, 4)
    masks = {
        "after": [[1, 1, 1, 1, 0, 0], [1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0]],
        "before": [[0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 0, 1], [0, 1, 1, 1, 1, 1]],
        "holes": [[1, 0, 1, 1, 0, 1], [0, 1, 0, 0, 1, 0], [1, 0, 0, 1, 0, 0]],
        "all_kept": [[1] * 6] * 3,
        "one_row_of_none": [[0] * 6, [1, 1, 0, 0, 0, 0], [1] * 6],
    }
    seen = {name: named(solution.lstm_forward(x, *weights, mask=np.array(mask, bool))) for name, mask in masks.items()}
    tensor = tf.constant(rng.random((3, 6)) < 0.5)
    return seen | {"tensor": named(solution.lstm_forward(x, *weights, tensor))}


@probe("lstm_graph")
def lstm_graph(solution, rng):
    """One trace for every batch and length, with and without a mask; and what the weights' gradients are."""
    weights = [tf.Variable(array) for array in layer_weights(rng, 2, 4)]

    def run(x, mask):
        with tf.GradientTape() as tape:
            sequence, h, c = solution.lstm_forward(x, *weights, mask=mask)
            loss = tf.reduce_sum(sequence**2) + tf.reduce_sum(h * c)
        return named((sequence, h, c)) | {"gradients": tape.gradient(loss, weights)}

    steps, masks = tf.TensorSpec([None, None, 2]), tf.TensorSpec([None, None], tf.bool)
    plain = tf.function(lambda x: run(x, None), input_signature=[steps])
    masked = tf.function(run, input_signature=[steps, masks])
    return {
        "plain": [plain(f32(rng, rows, count, 2)) for rows, count in ((2, 3), (4, 7))],
        "masked": [
            masked(f32(rng, rows, count, 2), rng.random((rows, count)) < 0.6) for rows, count in ((2, 3), (4, 7))
        ],
    }


@probe("models")
def models(solution, rng):
    """Every kind: its weights, what it computes for different lengths, and what it was compiled with."""
    seen = {}
    for kind in KINDS:
        model = filled(solution.build_model(kind, units=(6, 4), features=2), rng)
        x, y = f32(rng, 8, 7, 2), f32(rng, 8, 1)
        seen[kind] = {
            "weights": shapes(model),
            "seven_steps": model(x),
            "in_training": model(x, training=True),
            "eleven_steps": model(f32(rng, 3, 11, 2)),
            "loss_and_mae": [np.float32(value) for value in model.evaluate(x, y, verbose=0)],
            "default_units": shapes(solution.build_model(kind)),
        }
    sizes = ((5, 4, 3), [5])
    return seen | {"other_units": [shapes(solution.build_model("gru", units=units)) for units in sizes]}


@probe("mask_in_model")
def mask_in_model(solution, rng):
    """The same sequences with and without padding, a step a little like padding, and a model without mask."""
    x = f32(rng, 3, 5, 2)
    x[:, 2] = 0.0
    filler = np.full((3, 4, 2), -7, "float32")
    alike = x.copy()
    alike[:, 3, 0] = -7.0
    inputs = {
        "plain": x,
        "padded_after": np.concatenate([x, filler], axis=1),
        "padded_before": np.concatenate([filler, x], axis=1),
        "padded_within": np.concatenate([x[:, :2], filler, x[:, 2:]], axis=1),
        "one_feature_alike": alike,
    }
    zeros = np.concatenate([x, 0 * filler], axis=1)
    seen = {}
    for kind in KINDS:
        model = filled(solution.build_model(kind, units=(6, 4), features=2, mask_value=-7.0), rng)
        seen[kind] = {"weights": shapes(model)} | {name: model(given) for name, given in inputs.items()}
        unmasked = solution.build_model(kind, units=(6, 4), features=2)
        unmasked.set_weights(model.get_weights())
        seen[kind]["zeros_without_mask"] = unmasked(zeros)
    return seen


@probe("errors")
def errors(solution, rng):
    """What no model can be made of, and what can be refused by mistake."""
    build = solution.build_model
    return {
        "kinds": [raised(build, kind, units=(2,)) for kind in ("rnn", "gru", "LSTM", "")],
        "units": [raised(build, "gru", units=units) for units in ((), (3,), [])],
        "fine": shapes(build("lstm", units=[2], features=3, mask_value=0.0)),
    }


@probe("padding_invisible")
def padding_invisible(solution, rng):
    """Predictions of sequences in long company, in short company, and with real zeros at their ends."""
    pad = solution.PAD
    seen = {"a_float": isinstance(pad, float), "outside": bool(abs(pad) > 1000)}
    for kind, features in (("gru", 1), ("bilstm", 2)):
        model = filled(solution.build_model(kind, units=(6, 4), features=features, mask_value=pad), rng)
        group = [f32(rng, int(steps), features) for steps in [*rng.integers(3, 11, 6), 60]]
        zeros = np.zeros((4, features), "float32")
        edges = [np.full((2, features), value, "float32") for value in (-1000.0, -1.0, 1000.0)]
        seen[kind] = {
            "seven": solution.predict(model, group),
            "three": solution.predict(model, group[:3]),
            "zeros_appended": solution.predict(model, [np.concatenate([one, zeros]) for one in group[:3]]),
            "edges_appended": solution.predict(
                model, [np.concatenate([one, edge]) for one, edge in zip(group[:3], edges, strict=True)]
            ),
        }
    return seen


@probe("learns")
def learns(solution, rng, kind, sequences, targets, others):
    """Predictions for sequences that weren't trained on; and what the model says about them by itself."""
    model = solution.train(kind, sequences, targets, seed=3)
    return {
        "weights": shapes(model),
        "predictions": solution.predict(model, others),
        "model": model(padded(others, solution.PAD), training=False),
    }
