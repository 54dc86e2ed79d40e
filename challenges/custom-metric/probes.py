"""What is looked at: scores of single batches, of batches one after the other, of weights, and of a fit."""

import json
from contextlib import contextmanager
from unittest import mock

import keras
import numpy as np
import tensorflow as tf

from grader.probing import probe


def examples(rng, count, share=0.4, threshold=0.5):
    """Labels and scores, float32, that agree on about 85 % of the rows; no score is close to the threshold.

    Labels that go with their scores matter: an outer product has the F1 of unrelated labels, and would go unnoticed.
    """
    positives = round(share * count)
    y = rng.permutation(np.arange(count) < positives)
    said = y.copy()
    for side in (y, ~y):
        rows = rng.permutation(np.flatnonzero(side))
        said[rows[: max(1, round(0.15 * len(rows))) + rng.integers(0, 2)]] ^= True
    low, high = rng.uniform(0.02, threshold - 0.02, count), rng.uniform(threshold + 0.02, 0.98, count)
    return y.astype("float32"), np.where(said, high, low).astype("float32")


def telling_weights(rng, y, said):
    """Weights (N,) in which mistakes are heavy and hits are light, so that a lost weight shows."""
    heavy, light = rng.uniform(2, 4, len(y)), rng.uniform(0.1, 1, len(y))
    return np.where(y == said, light, heavy).astype("float32")


def weighted_examples(rng, count, share=0.4, threshold=0.5):
    y, score = examples(rng, count, share, threshold)
    return y, score, telling_weights(rng, y, score > threshold)


def classes(rng, labels, num_classes, mistakes):
    """Class scores (N, num_classes) whose arg-max is the label, but for the first `mistakes` rows."""
    said = np.array(labels)
    said[:mistakes] = (said[:mistakes] + 1) % num_classes
    scores = rng.uniform(0, 0.4, (len(said), num_classes)).astype("float32")
    scores[np.arange(len(said)), said] += 0.6
    return scores, said


def after(metric, *batches):
    """The metric's result after it has seen some batches of (labels, scores) or (labels, scores, weights)."""
    for batch in batches:
        metric.update_state(*batch)
    return metric.result()


def state_of(metric):
    """All variables of a metric as one float32 vector."""
    values = [np.asarray(variable, "float32").ravel() for variable in metric.variables]
    return np.concatenate(values) if values else np.zeros(0, "float32")


@probe("function_basic")
def function_basic(solution, rng):
    """F1 of two batches, each by itself."""
    scores = [solution.f1_score(*examples(rng, 40)), solution.f1_score(*examples(rng, 33))]
    return {"scores": scores, "tensors": [tf.is_tensor(score) for score in scores]}


@probe("function_inputs")
def function_inputs(solution, rng):
    """The same examples in several guises: sixty of them in four dtypes, forty-seven others in four shapes."""
    f1 = solution.f1_score
    y, score = examples(rng, 60)
    other, column = examples(rng, 47, 0.6)
    column = column[:, None]
    return {
        "int64 labels": f1(y.astype("int64"), score),
        "int32 labels": f1(tf.constant(y, "int32"), tf.constant(score)),
        "bool labels": f1(y.astype(bool), score),
        "float64 scores": f1(tf.constant(y), score.astype("float64")),
        "column of scores": f1(other.astype("int64"), column),
        "column of labels": f1(tf.constant(other[:, None]), column[:, 0]),
        "both columns": f1(other[:, None], tf.constant(column)),
        "float64 labels": f1(other.astype("float64"), tf.constant(column)),
    }


@probe("function_edges")
def function_edges(solution, rng):
    """Ties, other thresholds, and batches in which one of the counts is 0."""
    f1 = solution.f1_score
    y = np.float32([1, 1, 0, 0, 1, 0])
    tied = np.float32([0.5, 0.75, 0.5, 0.75, 0.9, 0.1])
    none, all_low, all_high = np.zeros(6, "float32"), rng.uniform(0.1, 0.4, 6), rng.uniform(0.6, 0.9, 6)
    low, high = all_low.astype("float32"), all_high.astype("float32")
    return {
        "tie at 0.5": f1(y, tied),
        "tie at 0.75": f1(y, tied, threshold=0.75),
        "threshold 0.3": f1(*examples(rng, 40, threshold=0.3), threshold=0.3),
        "no positives at all": f1(none, low),
        "no hits": f1(y, np.where(y == 1, low, high)),
        "only false alarms": f1(none, high),
        "only misses": f1(y, low),
        "all right": f1(y, np.where(y == 1, high, low)),
    }


@probe("pooled_over_batches")
def pooled_over_batches(solution, rng):
    """Three batches with very different shares of positives, and the score after each."""
    metric = solution.F1Score()
    results = [metric.result()]
    for count, share in ((20, 0.8), (7, 0.1), (3, 0.0)):
        results.append(after(metric, examples(rng, count, share)))
    return {"results": results, "name": str(metric.name), "is_a_metric": isinstance(metric, keras.metrics.Metric)}


@probe("label_shapes")
def label_shapes(solution, rng):
    """The labels of one batch in several shapes and dtypes, each given to a new metric."""
    y, score = examples(rng, 50)
    fed = {
        "labels (N,), scores (N, 1)": (y, score[:, None]),
        "labels (N, 1), scores (N,)": (y[:, None], score),
        "int64 tensors": (tf.constant(y, "int64"), tf.constant(score[:, None])),
        "bool labels": (y.astype(bool), score[:, None]),
        "float16 scores": (tf.constant(y), tf.constant(score[:, None], "float16")),
    }
    return {name: after(solution.F1Score(), batch) for name, batch in fed.items()}


@probe("sample_weight")
def sample_weight(solution, rng):
    """Weights of every shape and dtype. Mistakes are heavy, so that a weight that gets lost is seen."""
    y, score, weight = weighted_examples(rng, 40)
    mask = weight < np.median(weight)
    other = examples(rng, 25)
    fed = {
        "(N,)": [(y, score, weight)],
        "(N, 1)": [(y, score, weight[:, None])],
        "(N,) beside columns": [(y, score[:, None], tf.constant(weight))],
        "0 and 1": [(y, score, mask.astype("int64"))],
        "bool mask": [(y.astype("int64"), score[:, None], mask)],
        "scalar": [(y, score, 0.25), other],
        "all zero": [(y, score, np.zeros_like(weight))],
        "with and without": [(y, score, weight), other, (*other, None)],
    }
    return {name: after(solution.F1Score(), *batches) for name, batches in fed.items()}


@probe("weight_scale")
def weight_scale(solution, rng):
    """The same weights, times a constant."""
    y, score, weight = weighted_examples(rng, 30)
    scales = np.float32([1e-9, 1e-6, 1, 1e4])
    return {f"times {scale:g}": after(solution.F1Score(), (y, score, scale * weight)) for scale in scales}


@probe("reset")
def reset(solution, rng):
    """Results before, between and after a reset, and what is left in the variables."""
    metric = solution.F1Score()
    before = metric.result()
    first = after(metric, examples(rng, 30, 0.7), examples(rng, 11, 0.3))
    counted = bool(np.any(state_of(metric) != 0))
    metric.reset_state()
    left = state_of(metric)
    return {
        "results": [before, first, metric.result(), after(metric, examples(rng, 24, 0.3))],
        "has_state": counted,
        "left_over": np.float32(np.abs(left).sum()),
    }


@probe("config")
def config(solution, rng):
    """A metric goes through JSON and comes back the same."""
    original = solution.F1Score(threshold=0.3, name="churn_f1")
    settings = json.loads(json.dumps(original.get_config()))
    packed = json.loads(json.dumps(keras.metrics.serialize(original)))
    metrics = {
        "original": original,
        "from_config": solution.F1Score.from_config(settings),
        "deserialized": keras.metrics.deserialize(packed, custom_objects={"F1Score": solution.F1Score}),
        "default": solution.F1Score.from_config(solution.F1Score().get_config()),
    }
    batch = examples(rng, 40, threshold=0.3)
    return {
        name: {
            "result": after(metric, batch),
            "name": str(metric.name),
            "threshold": np.float32(metric.get_config()["threshold"]),
        }
        for name, metric in metrics.items()
    }


@probe("in_fit")
def in_fit(solution, rng):
    """A model that stands still, so that every number of fit and evaluate is known beforehand."""
    y, score, weight = weighted_examples(rng, 70)
    order = np.argsort(y, kind="stable")
    y, x, weight = y[order].astype("int64"), np.log(score / (1 - score))[order, None], weight[order]
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, "sigmoid", kernel_initializer="ones")])
    model.compile(
        keras.optimizers.SGD(0.0),
        loss="binary_crossentropy",
        metrics=[solution.F1Score()],
        weighted_metrics=[solution.F1Score(threshold=0.4, name="weighted_f1")],
    )
    held_out = (x[::3], y[::3], weight[::3])
    history = model.fit(
        x, y, sample_weight=weight, batch_size=16, epochs=2, shuffle=False, validation_data=held_out, verbose=0
    )
    seen = dict(history.history)
    for size in (16, 9):
        measured = model.evaluate(x, y, sample_weight=weight, batch_size=size, verbose=0, return_dict=True)
        seen |= {f"evaluate by {size}: {name}": value for name, value in measured.items()}
    return {name: np.asarray(values, "float32") for name, values in seen.items()}


@probe("macro_pooled")
def macro_pooled(solution, rng):
    """Four classes of very different sizes, batches of different sizes, a reset in between."""
    metric = solution.MacroF1(num_classes=4)
    results = [metric.result()]
    labels = rng.permutation(np.repeat([0, 1, 2, 3], [22, 11, 7, 3]))
    scores, _ = classes(rng, labels, 4, 9)
    for start, end in ((0, 30), (30, 41), (41, 43)):
        results.append(after(metric, (labels[start:end, None].astype("int32"), scores[start:end])))
    metric.reset_state()
    again = np.repeat([0, 1, 2, 3], [9, 5, 4, 2])
    results += [metric.result(), after(metric, (tf.constant(again), tf.constant(classes(rng, again, 4, 6)[0])))]
    numbers = {"num_classes": int(metric.get_config()["num_classes"]), "name": str(metric.name)}
    return {"results": results, **numbers}


@probe("macro_absent_and_weights")
def macro_absent_and_weights(solution, rng):
    """Six classes: 4 is never a label but predicted once, 5 is neither. Then weights, and a mask without class 2."""
    labels = np.repeat([0, 1, 2, 3], [20, 12, 9, 7])
    scores, said = classes(rng, labels, 4, 6)
    scores = np.concatenate([scores, np.zeros((len(labels), 2), "float32")], axis=1)
    scores[-1, 4], said[-1] = 2.0, 4
    weight = telling_weights(rng, labels, said)
    keep = (labels != 2) & (said != 2)
    shuffled = rng.permutation(len(labels))
    labels, scores, weight, keep = labels[shuffled], scores[shuffled], weight[shuffled], keep[shuffled]
    column = labels[:, None].astype("int32")
    fed = {
        "plain": (labels, scores),
        "weights (N,)": (column, scores, weight),
        "weights (N, 1)": (labels, scores, weight[:, None]),
        "scalar weight": (column, scores, 3),
        "mask without a class": (labels, scores, keep),
        "weights times 1e-9": (labels, scores, np.float32(1e-9) * weight),
        "no weight at all": (labels, scores, np.zeros_like(weight)),
    }
    return {name: after(solution.MacroF1(6), batch) for name, batch in fed.items()}


@contextmanager
def noted_metrics():
    """Collects every metric that is made while the block runs."""
    made, original = [], keras.metrics.Metric.__init__

    def noting(metric, *args, **kwargs):
        made.append(metric)
        original(metric, *args, **kwargs)

    with mock.patch.object(keras.metrics.Metric, "__init__", noting):
        yield made


@probe("hand_written")
def hand_written(solution, rng):
    """All three are used once; no metric that Keras ships is an ancestor of what was made meanwhile."""
    y, score = examples(rng, 30)
    labels = rng.permutation(np.repeat([0, 1, 2], [14, 9, 7]))
    with noted_metrics() as made:
        metric, macro = solution.F1Score(), solution.MacroF1(3)
        scores = [
            solution.f1_score(y, score),
            after(metric, (y, score)),
            after(macro, (labels, classes(rng, labels, 3, 6)[0])),
        ]
    families = [type(metric), type(macro), *(type(metric) for metric in made)]
    ready_made = {
        ancestor.__name__
        for family in families
        for ancestor in family.__mro__
        if ancestor.__module__.startswith("keras.") and ancestor is not keras.metrics.Metric
        if issubclass(ancestor, keras.metrics.Metric)
    }
    return {"scores": scores, "ready_made": sorted(ready_made)}
