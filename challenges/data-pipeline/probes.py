"""What is looked at: files, the order and the numbers of examples, and how often and how many at once functions ran.

Nothing here draws random numbers inside a pipeline, and nothing but the benchmark depends on time. Pictures tell their
own story: one channel holds the record's number, one the number of the call that parsed it, one that of the call that
augmented it.
"""

import threading
import time
from pathlib import Path

import numpy as np
import tensorflow as tf

from grader.probing import artifact, probe, scratch

PICTURE = (2, 2, 3)


class Calls:
    """Numbers calls, which may come from many threads, and knows the most that were in flight at once."""

    def __init__(self):
        self.count = self.most = self._now = 0
        self._lock = threading.Lock()

    def take(self, wait):
        """The number of this call, after `wait` seconds."""
        with self._lock:
            self.count += 1
            number = self.count
            self._now += 1
            self.most = max(self.most, self._now)
        if wait:
            time.sleep(wait)
        with self._lock:
            self._now -= 1
        return number


class Work:
    """A `parse` and an `augment` for a pipeline; a call for a record takes `wait(number of the record)` seconds."""

    def __init__(self, wait=lambda record: 0.0):
        self.parsed, self.augmented = Calls(), Calls()
        self._wait = wait

    def parse(self, serialized):
        image = tf.numpy_function(self._parse, [serialized], tf.float32)
        return tf.ensure_shape(image, PICTURE), tf.strings.to_number(serialized, tf.int32)

    def augment(self, image, label):
        image = tf.numpy_function(self._augment, [image, label], tf.float32)
        return tf.ensure_shape(image, PICTURE), label

    def _parse(self, serialized):
        record = int(serialized)
        return np.ones(PICTURE, "float32") * np.float32([record, self.parsed.take(self._wait(record)), 0])

    def _augment(self, image, label):
        return image + np.float32([0, 0, self.augmented.take(self._wait(int(label)))])


def shards(rng, *sizes):
    """Files of records that are nothing but numbers, no two alike: their paths, and the numbers of each file."""
    ends = np.cumsum(sizes)
    contents = np.split(rng.permutation(9000)[: ends[-1]].astype("int32") + 1000, ends[:-1])
    folder = scratch()
    paths = [str(folder / f"part-{index}.tfrecord") for index in range(len(sizes))]
    for path, records in zip(paths, contents, strict=True):
        with tf.io.TFRecordWriter(path) as writer:
            for record in records:
                writer.write(str(record).encode())
    return paths, contents


def passes(dataset, count):
    """For each pass the batch sizes, and for each example its label and the three channels of its picture."""
    seen = []
    for _ in range(count):
        sizes, rows = [], [np.zeros((0, 4))]
        for images, labels in dataset:
            sizes.append(len(labels))
            rows.append(np.column_stack([labels, images[:, 1, 1]]))
        seen.append({"sizes": np.int32(sizes), "rows": np.concatenate(rows).astype("int32")})
    return seen


def four_threads(dataset):
    """The dataset on a pool of its own: AUTOTUNE would run one call at a time on a machine with one core."""
    options = tf.data.Options()
    options.threading.private_threadpool_size = 4
    return dataset.with_options(options)


def spec(dataset):
    """Shapes and dtypes of a dataset's elements."""
    return [{"shape": one.shape.as_list(), "dtype": one.dtype.name} for one in tf.nest.flatten(dataset.element_spec)]


def record(image, label, shape=None):
    """A record as the contract has it, or one that claims another shape."""
    feature = tf.train.Feature
    features = {
        "image_raw": feature(bytes_list=tf.train.BytesList(value=[image.tobytes()])),
        "shape": feature(int64_list=tf.train.Int64List(value=shape or image.shape)),
        "label": feature(int64_list=tf.train.Int64List(value=[label])),
    }
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def label_of(serialized):
    """The label in a record."""
    return tf.train.Example.FromString(serialized).features.feature["label"].int64_list.value[0]


def records_in(path):
    return list(tf.data.TFRecordDataset(str(path)).as_numpy_iterator())


def outcome(expected, function, *args, **kwargs):
    """What a call does: the name of the expected exception, "another exception" or "nothing raised".

    Written here and not imported: a name that stands in a module before the solution is imported can be replaced by it.
    """
    try:
        function(*args, **kwargs)
    except expected:
        return expected.__name__
    except Exception:  # noqa: BLE001 - whatever it is, it is not the one that was asked for
        return "another exception"
    return "nothing raised"


@probe("write_layout")
def write_layout(solution, rng):
    """Names, the folder's content, and the labels in each file."""
    folder = scratch() / "out" / "deep"
    images = rng.integers(0, 256, (11, 4, 3, 2)).astype("uint8")
    paths = solution.write_shards(images, np.arange(11), str(folder), 4)
    return {
        "returned": [str(Path(path).relative_to(folder)) for path in paths],
        "listing": sorted(path.name for path in folder.iterdir()),
        "labels": [[label_of(one) for one in records_in(path)] for path in sorted(folder.iterdir())],
    }


@probe("records")
def records(solution, rng):
    """Images that don't lie in memory as they are written, and a column of labels below and above zero."""
    pixels = rng.integers(0, 256, (14, 2, 5, 3)).astype("uint8")
    images = pixels.transpose(0, 3, 2, 1)  # of shape (3, 5, 2), and each of them in Fortran order
    labels = rng.permutation(np.arange(-5, 9)).astype("int16")[:, None]
    folder = scratch() / "shards"
    solution.write_shards(images, labels, str(folder), 3)
    artifact(folder, "shards")
    return {}


@probe("write_errors")
def write_errors(solution, rng):
    """Calls that can't be kept, and two that can."""
    images, labels = rng.integers(0, 256, (5, 2, 3, 1)).astype("uint8"), rng.integers(-3, 4, 5)
    given = {
        "float_images": (images / 255, labels, 2),
        "rank_3": (images[..., 0], labels, 2),
        "too_few_labels": (images, labels[:4], 2),
        "no_shards": (images, labels, 0),
        "one_hot_labels": (images, np.eye(5, dtype="int64"), 2),
        "float_labels": (images, labels + 0.5, 2),
        "nothing_wrong": (images, labels, 2),
    }
    outcomes = {
        name: outcome(ValueError, solution.write_shards, *arrays, str(scratch()), count)
        for name, (*arrays, count) in given.items()
    }
    five = solution.write_shards(images, labels.astype("uint8"), str(scratch()), 2)
    two = solution.write_shards(images[:2], labels[:2], str(scratch()), 3)
    return {
        "outcomes": outcomes,
        "five_in_two": [len(records_in(path)) for path in five],
        "two_in_three": [len(records_in(path)) for path in two],
    }


@probe("parse")
def parse(solution, rng):
    """Five records by way of `map`, and one eagerly."""
    images = rng.integers(0, 256, (5, 3, 4, 2)).astype("uint8")
    serialized = [record(image, int(label)) for image, label in zip(images, rng.integers(-9, 10, 5), strict=True)]
    parse_fn = solution.make_parse_fn((3, 4, 2))
    dataset = tf.data.Dataset.from_tensor_slices(serialized).map(parse_fn)
    found = list(dataset)
    eager_image, eager_label = parse_fn(tf.constant(serialized[2]))
    return {
        "spec": spec(dataset),
        "images": [image for image, _ in found],
        "labels": [label for _, label in found],
        "eager_image": eager_image,
        "eager_label": eager_label,
    }


@probe("parse_guard")
def parse_guard(solution, rng):
    """A swapped shape, one that doesn't fit at all, and a right one; in `map` and eagerly."""
    image = rng.integers(0, 256, (2, 3, 2)).astype("uint8")
    large = rng.integers(0, 256, (4, 3, 2)).astype("uint8")
    parse_fn = solution.make_parse_fn((2, 3, 2))
    given = {"swapped": record(image.reshape(3, 2, 2), 1), "large": record(large, 1), "right": record(image, 7)}

    def mapped(serialized):
        return list(tf.data.Dataset.from_tensors(serialized).map(parse_fn))

    def eager(serialized):
        return parse_fn(tf.constant(serialized))

    invalid = tf.errors.InvalidArgumentError
    return {
        "mapped": {name: outcome(invalid, mapped, one) for name, one in given.items()},
        "eager": {name: outcome(invalid, eager, one) for name, one in given.items()},
        "right": mapped(given["right"]),
    }


@probe("eval_order")
def eval_order(solution, rng):
    """Two passes over five files, three of them at a time."""
    paths, _ = shards(rng, 5, 3, 6, 4, 2)
    work = Work()
    dataset = solution.build_pipeline(
        paths, work.parse, batch_size=6, training=False, augment_fn=work.augment, cycle_length=3
    )
    seen = passes(dataset, 2)
    return {
        "labels": [one["rows"][:, 0] for one in seen],
        "pictures": [one["rows"][:, 1] for one in seen],
        "augmented_by": [one["rows"][:, 3] for one in seen],
        "batch_sizes": [one["sizes"] for one in seen],
        "spec": spec(dataset),
        "augment_calls": work.augmented.count,
    }


@probe("train_epochs")
def train_epochs(solution, rng):
    """A seed twice, another one, and none.

    Half of the records are slow, and the second build finds the other half slow: an order that depends on what is
    ready first is another one then.
    """
    paths, contents = shards(rng, 9, 7, 10, 8, 7)
    seed = int(rng.integers(1, 1000))
    slow = {int(number): place % 2 for place, number in enumerate(rng.permutation(np.concatenate(contents)))}

    def run(seed, epochs, half):
        work = Work(lambda number: 0.01 * (slow[number] == half))
        dataset = solution.build_pipeline(paths, work.parse, batch_size=8, augment_fn=work.augment, seed=seed)
        return passes(four_threads(dataset), epochs)

    return {
        "files": contents,
        "first": run(seed, 3, 0),
        "again": run(seed, 3, 1),
        "other": run(seed + 1, 3, 0),
        "unseeded": run(None, 2, 0),
    }


@probe("cache_once")
def cache_once(solution, rng):
    """Three passes with each kind of cache, the same files again, and evaluation."""
    paths, contents = shards(rng, 4, 5, 3, 3)
    folder = scratch()
    kept = str(folder / "examples")

    def run(cache, training=True):
        work = Work()
        dataset = solution.build_pipeline(
            paths, work.parse, batch_size=4, training=training, augment_fn=work.augment, cache=cache
        )
        seen = passes(dataset, 3)
        return {"passes": seen, "parse_calls": work.parsed.count, "augment_calls": work.augmented.count}

    return {
        "numbers": np.concatenate(contents),
        "memory": run(True),
        "no_cache": run(False),
        "disk": run(kept),
        "disk_again": run(kept),
        "evaluation": run(True, training=False),
        "on_disk": any(folder.iterdir()),
    }


@probe("augment_fresh")
def augment_fresh(solution, rng):
    """Three passes over eleven records."""
    paths, contents = shards(rng, 4, 3, 4)
    work = Work()
    dataset = solution.build_pipeline(paths, work.parse, batch_size=4, augment_fn=work.augment, shuffle_buffer=20)
    return {"numbers": np.concatenate(contents), "passes": passes(dataset, 3)}


@probe("parallel")
def parallel(solution, rng):
    """The most slow calls in flight while one pass is made."""
    paths, _ = shards(rng, 12, 12, 12, 12)
    most = {}
    for training in (True, False):
        work = Work(lambda number: 0.01)
        dataset = solution.build_pipeline(
            paths, work.parse, batch_size=8, training=training, augment_fn=work.augment, seed=1
        )
        name = "training" if training else "evaluation"
        most[name] = {
            "sizes": passes(four_threads(dataset), 1)[0]["sizes"],
            "parse": work.parsed.most,
            "augment": work.augmented.most,
        }
    return most


def stages(dataset):
    """The operations of a dataset from its last stage to its source, and all others of its graph."""
    body = tf.raw_ops.DatasetToGraphV2(
        input_dataset=dataset._variant_tensor, external_state_policy=1, strip_device_assignment=True
    )
    graph = tf.compat.v1.GraphDef.FromString(body.numpy())
    nodes = {node.name: node for node in graph.node}
    node = next(node for node in graph.node if node.op == "_Retval")
    chain = []
    while node.input:
        node = nodes[node.input[0].partition(":")[0]]
        chain.append(node.op)
    return {"chain": chain, "operations": sorted({node.op for node in graph.node})}


@probe("overlap")
def overlap(solution, rng):
    """The stages in training and in evaluation."""
    paths, _ = shards(rng, 3, 2)
    work = Work()
    return {
        name: stages(
            solution.build_pipeline(paths, work.parse, batch_size=2, training=training, augment_fn=work.augment)
        )
        for name, training in (("training", True), ("evaluation", False))
    }


@probe("streams")
def streams(solution, rng):
    """How many records were parsed once the pipeline is built, and once its first batch is there."""
    paths, _ = shards(rng, 300, 300, 300, 300)
    work = Work()
    dataset = solution.build_pipeline(paths, work.parse, batch_size=10, shuffle_buffer=50, cache=False)
    built = work.parsed.count
    images, _ = next(iter(dataset))
    return {"after_building": built, "first_batch": len(images), "with_first_batch": work.parsed.count}


class SlowBatches:
    """A dataset of dicts, 10 ms a batch, whose first pass takes 0.6 s longer; it times its passes itself."""

    def __init__(self, sizes):
        self.seconds = []
        self._sizes = sizes
        like = {"x": tf.TensorSpec((None, 2)), "y": tf.TensorSpec((None,), tf.int32)}
        self.dataset = tf.data.Dataset.from_generator(self._batches, output_signature=like)

    def _batches(self):
        start = time.perf_counter()
        time.sleep(0 if self.seconds else 0.6)
        for size in self._sizes:
            time.sleep(0.01)
            yield {"x": np.ones((size, 2), "float32"), "y": np.ones(size, "int32")}
        self.seconds.append(time.perf_counter() - start)


@probe("benchmark")
def benchmark(solution, rng):
    """Three passes with a step, four without, and too few."""
    sizes = rng.permutation([1, 2, 3, 4, 5, 2, 3]).astype("int32")
    stepped, bare, refusing = (SlowBatches(sizes) for _ in range(3))
    stepped_on = []
    start = time.perf_counter()
    with_step = solution.benchmark(stepped.dataset, step=lambda batch: stepped_on.append(len(batch["y"])))
    took = time.perf_counter() - start
    without = solution.benchmark(bare.dataset, epochs=4)
    return {
        "sizes": sizes,
        "stepped_on": np.int32(stepped_on),
        "outcome": outcome(ValueError, solution.benchmark, refusing.dataset, epochs=1),
        "took": float(took),
        "with_step": measured(with_step) | {"passes": np.float64(stepped.seconds)},
        "without": measured(without) | {"passes": np.float64(bare.seconds)},
    }


def measured(result):
    """What `benchmark` returned, in types that don't depend on how it was counted."""
    return {
        "epoch_seconds": np.float64(result["epoch_seconds"]),
        "batches": int(result["batches"]),
        "examples": int(result["examples"]),
        "examples_per_second": float(result["examples_per_second"]),
    }
