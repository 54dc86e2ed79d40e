"""What is looked at: the graph of a model, the numbers of an evaluation, datasets, and a training.

Compiling, data and predictions are tried on a model of the probe's own, so that every number can be compared with the
reference's.
"""

import keras
import numpy as np

from grader.probing import artifact, f32, probe, scratch, shared

IMAGE, COLUMNS, CLASSES = (10, 11, 1), 3, 4


def rows(rng, count, image_shape=IMAGE, columns=COLUMNS):
    """Images between 0 and 1, and metadata around 0."""
    return {"image": rng.random((count, *image_shape), dtype=np.float32), "metadata": f32(rng, count, columns)}


def labels(rng, count, without_class=0.0, without_score=0.0):
    """Classes and scores, -1 and NaN for the given shares of them, one or more at least where a share is positive."""
    y_class, y_score = rng.integers(0, CLASSES, count), rng.normal(1.0, 2.0, count)
    for y, share, missing in ((y_class, without_class, -1), (y_score, without_score, np.nan)):
        y[rng.permutation(count)[: round(share * count)]] = missing
    return y_class.astype("int64"), y_score.astype("float32")


def drawn(model, rng):
    """The model with random weights: kernels of 1.5 / sqrt(fan-in), biases around 0."""
    for weight in model.weights:
        fan_in = np.prod(weight.shape[:-1]) if len(weight.shape) > 1 else 25
        weight.assign(1.5 / np.sqrt(fan_in) * f32(rng, *weight.shape))
    return model


def plain_model(rng):
    """A model with the inputs and outputs of the contract, and random weights."""
    image, metadata = keras.Input(IMAGE, name="image"), keras.Input((COLUMNS,), name="metadata")
    joined = keras.layers.Concatenate()([keras.layers.Flatten()(image), metadata])
    hidden = keras.layers.Dense(6, activation="tanh", name="hidden")(joined)
    outputs = {
        "class": keras.layers.Dense(CLASSES, activation="softmax", name="class")(hidden),
        "score": keras.layers.Dense(1, name="score")(hidden),
    }
    return drawn(keras.Model({"image": image, "metadata": metadata}, outputs), rng)


def outputs_of(model, x):
    """Both outputs by name, as the model gives them."""
    given = model(x)
    return {"class": given["class"], "score": given["score"]}


def numbers(evaluation):
    """The five values that the contract names."""
    names = ("loss", "class_loss", "score_loss", "class_accuracy", "score_mae")
    return {name: np.float32(evaluation[name]) for name in names}


def batches_of(dataset):
    """One pass over (x, y, w): the arrays of every batch."""
    return [
        {name: {key: np.asarray(value) for key, value in part.items()} for name, part in zip("xyw", batch, strict=True)}
        for batch in dataset
    ]


@probe("names_and_shapes")
def names_and_shapes(solution, rng):
    """Two models of different sizes: what they are called, what they take, and what they give."""
    seen = {}
    sizes = {"gray": ((12, 12, 1), 5, 4), "colour": ((10, 18, 3), 2, 7)}
    for name, (shape, columns, classes) in sizes.items():
        model = solution.build_model(image_shape=shape, meta_dim=columns, num_classes=classes)
        x = rows(rng, 6, shape, columns)
        given, turned = model(x), model({"metadata": x["metadata"], "image": x["image"]})
        predicted = model.predict(x, verbose=0)
        seen[name] = {
            "inputs": {tensor.name: list(tensor.shape) for tensor in model.inputs},
            "outputs": sorted(given),
            "predicted": {key: (list(value.shape), value.dtype.name) for key, value in predicted.items()},
            "sums": np.sum(given["class"], axis=-1),
            "smallest_is_negative": bool(np.min(given["class"]) < 0),
            "other_order": np.float32([np.abs(turned[key] - given[key]).max() for key in ("class", "score")]),
            "by_predict": np.float32([np.abs(predicted[key] - given[key]).max() for key in ("class", "score")]),
            "compiled": bool(model.compiled),
        }
    return seen


@probe("heads")
def heads(solution, rng):
    """Without kernels, the heads' biases alone decide what comes out."""
    model = solution.build_model(image_shape=(12, 12, 1), meta_dim=5, num_classes=4)
    last = {name: model.get_layer(name) for name in ("class", "score")}
    seen = {"units": {name: layer.units for name, layer in last.items()}}
    seen["same_width"] = last["class"].kernel.shape[0] == last["score"].kernel.shape[0]
    for layer in last.values():
        layer.kernel.assign(np.zeros(layer.kernel.shape))
    x = rows(rng, 3, (12, 12, 1), 5)
    for score in (-3.5, 2.0):
        last["class"].bias.assign(f32(rng, 4))
        last["score"].bias.assign([score])
        seen[f"score {score}"] = outputs_of(model, x)
    return seen


@probe("uses_both_inputs")
def uses_both_inputs(solution, rng):
    """Outputs for two sets of images and two of metadata, in all four combinations; and for three rows alone."""
    model = drawn(solution.build_model(image_shape=(12, 12, 1), meta_dim=5, num_classes=4), rng)
    one, other = rows(rng, 12, (12, 12, 1), 5), rows(rng, 12, (12, 12, 1), 5)
    other["image"] = other["image"] ** 3
    seen = {}
    for images, image in (("one", one["image"]), ("other", other["image"])):
        for columns, metadata in (("one", one["metadata"]), ("other", other["metadata"])):
            seen[f"{images}, {columns}"] = outputs_of(model, {"image": image, "metadata": metadata})
    seen["three_rows"] = outputs_of(model, {name: values[4:7] for name, values in one.items()})
    seen["kernels_of_convolutions"] = sum(len(weight.shape) == 4 for weight in model.weights)
    return seen


@probe("losses_and_metrics")
def losses_and_metrics(solution, rng):
    """Evaluations of 48 rows in three batches: with the default weights, and with others and labels (N, 1)."""
    x, (y_class, y_score) = rows(rng, 48), labels(rng, 48)
    settings = {"class_weight": float(rng.uniform(0.2, 3)), "score_weight": float(rng.uniform(1, 4))}
    flat, columns = {"class": y_class, "score": y_score}, {"class": y_class[:, None], "score": y_score[:, None]}
    seen = {}
    # Each with a model of its own: Keras's traced function can't go from labels (N,) to labels (N, 1).
    for name, given, y in (("defaults", {}, flat), ("others", settings | {"learning_rate": 0.02}, columns)):
        model = plain_model(rng)
        solution.compile_model(model, **given)
        seen[name] = {
            "evaluated": numbers(model.evaluate(x, y, batch_size=16, return_dict=True, verbose=0)),
            "optimizer": type(model.optimizer).__name__,
            "learning_rate": np.float32(model.optimizer.learning_rate),
        }
    return seen


@probe("dataset")
def dataset(solution, rng, few, many):
    """Few rows in their order; many of them shuffled: twice in a row, again with the same seed, and with another."""
    ordered = solution.make_dataset(**few, batch_size=8)
    first = solution.make_dataset(**many, batch_size=8, shuffle=True, seed=5)
    second = solution.make_dataset(**many, batch_size=8, shuffle=True, seed=5)
    third = solution.make_dataset(**many, batch_size=8, shuffle=True, seed=6)
    return {
        "ordered": batches_of(ordered),
        "ordered_again": batches_of(ordered),
        "shuffled": batches_of(first),
        "next_pass": batches_of(first),
        "same_seed": batches_of(second),
        "other_seed": batches_of(third),
    }


@probe("missing_labels")
def missing_labels(solution, rng):
    """The five values over 40 rows in one batch, and the weights after two epochs in smaller ones."""
    x, (y_class, y_score) = rows(rng, 40), labels(rng, 40, without_class=0.35, without_score=0.4)
    model = plain_model(rng)
    solution.compile_model(model, class_weight=0.8, score_weight=0.7, learning_rate=0.01)
    given = (x["image"], x["metadata"], y_class, y_score)
    evaluated = model.evaluate(solution.make_dataset(*given, batch_size=40), return_dict=True, verbose=0)
    history = model.fit(solution.make_dataset(*given, batch_size=16), epochs=2, verbose=0).history
    return {
        "evaluated": numbers(evaluated),
        "losses": np.float32(history["loss"]),
        "weights": model.get_weights(),
        "predicted": outputs_of(model, x),
    }


@probe("one_task_only")
def one_task_only(solution, rng):
    """One epoch without scores, one without classes, one with a weight of 0: what has moved, and how far."""
    x = rows(rng, 24)
    shares = {"no_scores": (0.2, 1.0), "no_classes": (1.0, 0.2), "no_weight": (0.2, 0.2)}
    seen = {}
    for name, (without_class, without_score) in shares.items():
        y_class, y_score = labels(rng, 24, without_class, without_score)
        model = plain_model(rng)
        before = model.get_weights()
        settings = {"score_weight": 0.0} if name == "no_weight" else {}
        solution.compile_model(model, learning_rate=0.01, **settings)
        data = solution.make_dataset(x["image"], x["metadata"], y_class, y_score, batch_size=12)
        model.fit(data, epochs=1, verbose=0)
        seen[name] = [after - start for after, start in zip(model.get_weights(), before, strict=True)]
    return seen


@shared
def trained(solution, rng, training):
    """The model that both cases of the training look at."""
    return solution.train_model(**training, num_classes=4, seed=7)


@probe("learns")
def learns(solution, rng, trained, others):
    """Predictions for rows that weren't trained on."""
    predicted = trained.predict({"image": others["images"], "metadata": others["metadata"]}, verbose=0)
    return {"class": predicted["class"], "score": predicted["score"]}


@probe("export")
def export(solution, rng, trained, others):
    """The trained model as a file, and what it gave before it was saved."""
    path = scratch() / "model.keras"
    trained.save(path)
    artifact(path)
    predicted = trained.predict({"image": others["images"], "metadata": others["metadata"]}, verbose=0)
    return {"class": predicted["class"], "score": predicted["score"]}


@probe("predict_rows")
def predict_rows(solution, rng):
    """70 rows and one, by a model that isn't the candidate's."""
    model = plain_model(rng)
    seen = {}
    for count in (70, 1):
        x = rows(rng, count)
        given = solution.predict_rows(model, x["image"], x["metadata"])
        label, confidence, score = (np.asarray(given[name]) for name in ("label", "confidence", "score"))
        seen[f"{count} rows"] = {
            "names": sorted(given),
            "arrays": all(isinstance(value, np.ndarray) for value in given.values()),
            "kinds": [
                "integer" if label.dtype.kind in "iu" else label.dtype.kind,
                confidence.dtype.kind,
                score.dtype.kind,
            ],
            "label": label.astype("int64"),
            "confidence": confidence.astype("float32"),
            "score": score.astype("float32"),
        }
    return seen
