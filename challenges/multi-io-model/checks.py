"""Where architectures, fillers and orders are free: facts about the rows come from the secret copies of them."""

import numpy as np

from grader.checking import Prepared, agree, at_least, check, equal, fail, prepare

ACCURACY, R2 = 0.90, 0.90
TRAINING, OTHERS = 900, 300
CLASSES = 4


@prepare
def data(rng):
    """Rows whose numbers can be told apart, and a task that needs images, metadata, and both together."""
    few, many = numbered(rng, 21), numbered(rng, 64)
    everything, y_class, y_score = task(rng, TRAINING + OTHERS)
    training = {name: values[:TRAINING] for name, values in everything.items()}
    training["y_class"] = np.where(rng.random(TRAINING) < 0.3, -1, y_class[:TRAINING])
    training["y_score"] = np.where(rng.random(TRAINING) < 0.4, np.nan, y_score[:TRAINING]).astype("float32")
    others = {name: values[TRAINING:] for name, values in everything.items()}
    secret = {"few": few, "many": many, "y_class": y_class[TRAINING:], "y_score": y_score[TRAINING:]}
    return Prepared(solve={"few": few, "many": many, "training": training, "others": others}, secret=secret)


def numbered(rng, count):
    """Rows with their own number in every pixel and in the first column; labels missing in every combination."""
    number = np.arange(count, dtype="float32")
    y_class, y_score = rng.integers(0, CLASSES, count), rng.normal(5.0, 2.0, count).astype("float32")
    y_class[0], y_class[1::4], y_class[2::4] = CLASSES - 1, -1, -1
    y_score[2::4], y_score[3::4] = np.nan, np.nan
    return {
        "images": np.tile(number[:, None, None, None] / 100, (1, 10, 10, 1)),
        "metadata": np.stack([number, rng.normal(size=count).astype("float32")], axis=1),
        "y_class": y_class,
        "y_score": y_score,
    }


def task(rng, count):
    """Stripes across or along, more or less bright, and five columns of very different scales.

    The class is the direction of the stripes times the sign of the first column; the score hangs on the brightness, on
    the second column, and on the first one with a sign that the direction decides.
    """
    along = rng.integers(0, 2, count)
    brightness = rng.uniform(0.3, 0.7, count)
    wave = np.sin(np.arange(12) * rng.uniform(1.2, 2.2, (count, 1)) + rng.uniform(0, 6.3, (count, 1)))
    stripes = np.where(along[:, None, None] == 1, wave[:, :, None], wave[:, None, :])
    images = brightness[:, None, None] + 0.25 * stripes + 0.03 * rng.normal(size=(count, 12, 12))
    columns = rng.normal(size=(count, 5))
    metadata = columns * [3, 5000, 1, 0.01, 1] + [10, 40000, -2, 0.5, 0]
    y_class = 2 * along + (columns[:, 0] > 0)
    sign = np.where(along == 1, 1, -1)
    y_score = 50 + 60 * (brightness - 0.5) + 10 * columns[:, 1] + 8 * sign * columns[:, 0] + rng.normal(size=count)
    rows = {"images": images[..., None].astype("float32"), "metadata": metadata.astype("float32")}
    return rows, y_class.astype("int64"), y_score.astype("float32")


@check("uses_both_inputs")
def uses_both_inputs(got, want, secret):
    """Any architecture will do in which both inputs meet in a layer that isn't linear."""
    given = [key for key in want if key != "kernels_of_convolutions"]
    for name in ("class", "score"):
        outputs = {key: array(name, got[key][name], want[key][name]) for key in given}
        base, image, metadata = outputs["one, one"], outputs["other, one"], outputs["one, other"]
        at_least(f"{name}: change with other images", float(abs(image - base).max()), 1e-5)
        at_least(f"{name}: change with other metadata", float(abs(metadata - base).max()), 1e-5)
        agree(outputs["three_rows"], base[4:7], what=f"{name} of three rows alone")
        if name == "score":
            mixed = outputs["other, other"] - image - metadata + base
            at_least("score: what both changes do beyond the sum of each", float(abs(mixed).max()), 1e-4)
    at_least("number of convolutions", got["kernels_of_convolutions"], 1)


def array(what, got, want):
    """A finite array of the reference's shape and dtype, in float64."""
    if not isinstance(got, np.ndarray) or (got.shape, got.dtype) != (want.shape, want.dtype):
        fail(f"{what}: expected {want.dtype} of shape {want.shape}, received something else.")
    if not np.isfinite(got).all():
        fail(f"{what}: expected finite values, received some that are not.")
    return got.astype("float64")


@check("dataset")
def dataset(got, want, secret):
    """Rows, weights and labels, whatever the fillers are; and orders that only the seed decides."""
    for name in ("ordered", "ordered_again"):
        order = order_of(name.replace("_", " "), got[name], secret["few"])
        equal(f"{name.replace('_', ' ')}: order of the rows", order, list(range(21)))
    shuffled = ("shuffled", "next_pass", "same_seed", "other_seed")
    orders = {name: order_of(name.replace("_", " "), got[name], secret["many"]) for name in shuffled}
    for name, order in orders.items():
        equal(f"{name.replace('_', ' ')}: rows", sorted(order), list(range(64)))
    first = orders["shuffled"]
    if orders["same_seed"] != first:
        fail("shuffled: expected the same first pass with the same seed, received another.")
    for name, other in (("the order of the input", list(range(64))), ("the next pass", orders["next_pass"])):
        if first == other:
            fail(f"shuffled: expected a first pass unlike {name}, received the same.")
    if first == orders["other_seed"]:
        fail("shuffled: expected another first pass with another seed, received the same.")
    at_least("shuffled: rows of the input's last quarter in the first half", sum(row >= 48 for row in first[:32]), 1)


def order_of(what, batches, rows):
    """The numbers of the rows of one pass, all of whose values were found to be in their place."""
    count = len(rows["y_class"])
    sizes = [8] * (count // 8) + ([count % 8] if count % 8 else [])
    joined = {}
    for part, keys in (("x", ("image", "metadata")), ("y", ("class", "score")), ("w", ("class", "score"))):
        for key in keys:
            values = [values_of(what, batch, part, key) for batch in batches]
            equal(f"{what}: sizes of the batches", [len(value) for value in values], sizes)
            joined[part, key] = np.concatenate(values)
    floats = [("x", "image"), ("x", "metadata"), ("w", "class"), ("w", "score")]
    equal(f"{what}: types of inputs and weights", [joined[place].dtype.name for place in floats], ["float32"] * 4)
    order = np.rint(joined["x", "metadata"][:, 0]).astype(int) % count
    agree(joined["x", "image"], rows["images"][order], what=f"{what}: images")
    agree(joined["x", "metadata"], rows["metadata"][order], what=f"{what}: metadata")
    known = {"class": rows["y_class"][order] >= 0, "score": ~np.isnan(rows["y_score"][order])}
    for key, mask in known.items():
        agree(joined["w", key], mask.astype("float32"), what=f"{what}: weights of {key}")
        labels = joined["y", key].reshape(count).astype("float64")
        if not np.isfinite(labels).all():
            fail(f"{what}: a label or filler of {key} is not a finite number.")
        agree(labels[mask], rows[f"y_{key}"][order][mask].astype("float64"), what=f"{what}: labels of {key}")
    classes = joined["y", "class"]
    if classes.dtype.kind not in "iu" or classes.min() < 0 or classes.max() >= CLASSES:
        fail(f"{what}: expected every class, fillers too, to be an integer that is a class.")
    return order.tolist()


def values_of(what, batch, part, key):
    values = batch.get(part, {}).get(key) if isinstance(batch, dict) else None
    if not isinstance(values, np.ndarray) or values.ndim == 0 or values.dtype.kind not in "iuf":
        fail(f"{what}: expected batches (x, y, w) of dicts with an array {key!r} in {part}.")
    axes = {"x": {"image": 4, "metadata": 2}.get(key), "w": 1, "y": 1}[part]
    column = part == "y" and values.ndim == 2 and values.shape[1] == 1
    if values.ndim != axes and not column:
        fail(f"{what}: {key!r} in {part} has another number of axes than it should have.")
    return values


@check("learns")
def learns(got, want, secret):
    """Accuracy and R2 on labels that the candidate never saw."""
    probabilities = array("class", got["class"], want["class"])
    score = array("score", got["score"], want["score"])[:, 0]
    truth = secret["y_score"].astype("float64")
    accuracy = np.mean(probabilities.argmax(axis=-1) == secret["y_class"])
    r2 = 1 - np.mean((score - truth) ** 2) / truth.var()
    if not (accuracy >= ACCURACY and r2 >= R2):
        fail(f"Expected accuracy and R2 of at least 0.9 on new rows; received accuracy {accuracy:.3f}, R2 {r2:.3f}.")


@check("export")
def export(got, want, secret):
    """The loaded model is the trained one, and has the names that the contract gives it."""
    equal("inputs of the loaded model", got["replay"]["inputs"], want["replay"]["inputs"])
    for name in ("class", "score"):
        array(name, got["solve"][name], want["solve"][name])
        array(name, got["replay"][name], want["replay"][name])
        agree(got["replay"][name], got["solve"][name], rtol=1e-3, atol=1e-4, what=f"{name}, after loading")
