"""The reference pipeline, counted call by call, and its records, read byte by byte."""

import itertools
import threading

import numpy as np
import pytest
import tensorflow as tf

from reference.data_pipeline import benchmark, build_pipeline, make_parse_fn, write_shards

IMAGES = np.random.default_rng(5).integers(0, 256, (7, 2, 3, 2)).astype("uint8")
LABELS = np.array([3, -4, 0, 9, 1, 2, -7])


def examples(path):
    """The records of a file as `tf.train.Example`."""
    return [tf.train.Example.FromString(raw) for raw in tf.data.TFRecordDataset(str(path)).as_numpy_iterator()]


def values(example, name):
    feature = example.features.feature[name]
    return list(getattr(feature, feature.WhichOneof("kind")).value)


@pytest.fixture
def counted():
    """A parse and an augment that count their calls; augmenting adds a number that no two calls share."""

    class Counted:
        def __init__(self):
            self.parsed = self.augmented = 0
            self._lock = threading.Lock()

        def parse(self, raw):
            return tf.ensure_shape(tf.numpy_function(self._parse, [raw], tf.float32), ()), tf.strings.to_number(raw)

        def augment(self, image, label):
            return tf.ensure_shape(tf.numpy_function(self._augment, [image], tf.float32), ()), label

        def _parse(self, raw):
            with self._lock:
                self.parsed += 1
            return np.float32(raw)

        def _augment(self, image):
            with self._lock:
                self.augmented += 1
                return image + np.float32(100 * self.augmented)

    return Counted()


@pytest.fixture
def files(tmp_path):
    """Twelve records in three files: 0..4, 5..6 and 7..11."""
    paths = [str(tmp_path / f"{name}.tfrecord") for name in "abc"]
    for path, numbers in zip(paths, (range(5), range(5, 7), range(7, 12)), strict=True):
        with tf.io.TFRecordWriter(path) as writer:
            for number in numbers:
                writer.write(str(number).encode())
    return paths


def epochs(dataset, count=2):
    """For each epoch the labels and the images, as lists."""
    batches = [list(dataset.as_numpy_iterator()) for _ in range(count)]
    return [tuple(np.concatenate(column).tolist() for column in zip(*epoch, strict=True)) for epoch in batches]


def orders(dataset, count=2):
    return [labels for _, labels in epochs(dataset, count)]


def in_turn(contents, cycle_length):
    """The order of reading, one record at a time: a place that finds its file at the end is filled on its next turn."""
    waiting, places, order = [list(one) for one in contents], [None] * cycle_length, []
    for place in itertools.cycle(range(cycle_length)):
        if not waiting and not any(places):
            return order
        if places[place] is None and waiting:
            places[place] = waiting.pop(0)
        if places[place]:
            order.append(places[place].pop(0))
        elif places[place] is not None:
            places[place] = None
    raise AssertionError("a cycle has no end")


def test_records_go_round(tmp_path):
    paths = write_shards(IMAGES, LABELS, tmp_path / "out" / "deep", 3)
    assert paths == [str(tmp_path / "out" / "deep" / f"data-0000{i}-of-00003.tfrecord") for i in range(3)]
    found = [[values(one, "label") for one in examples(path)] for path in paths]
    assert found == [[[3], [9], [-7]], [[-4], [1]], [[0], [2]]]


def test_a_shard_may_be_empty(tmp_path):
    paths = write_shards(IMAGES[:1], LABELS[:1], tmp_path, 2)
    assert [len(examples(path)) for path in paths] == [1, 0]


def test_a_record_says_what_it_is(tmp_path):
    turned = IMAGES.transpose(0, 3, 2, 1)
    (path,) = write_shards(turned, LABELS[:, None].astype("int8"), tmp_path, 1)
    for example, image, label in zip(examples(path), turned, LABELS, strict=True):
        assert set(example.features.feature) == {"image_raw", "shape", "label"}
        (raw,) = values(example, "image_raw")
        assert raw == bytes(image.flatten().tolist())
        assert (values(example, "shape"), values(example, "label")) == ([2, 3, 2], [label])


WRONG = {
    "floats": (IMAGES / 255, LABELS, 2),
    "rank": (IMAGES[0], LABELS[:2], 2),
    "length": (IMAGES, LABELS[:6], 2),
    "one-hot": (IMAGES, np.eye(7, dtype=int), 2),
    "fractions": (IMAGES, LABELS + 0.5, 2),
    "no shard": (IMAGES, LABELS, 0),
}


@pytest.mark.parametrize(("images", "labels", "shards"), WRONG.values(), ids=list(WRONG))
def test_what_cannot_be_read_back_is_refused(tmp_path, images, labels, shards):
    with pytest.raises(ValueError, match="Received"):
        write_shards(images, labels, tmp_path / "out", shards)
    assert not (tmp_path / "out").exists()


def test_records_come_back(tmp_path):
    (path,) = write_shards(IMAGES, LABELS, tmp_path, 1)
    dataset = tf.data.TFRecordDataset(path).map(make_parse_fn((2, 3, 2)))
    assert dataset.element_spec == (tf.TensorSpec((2, 3, 2), tf.float32), tf.TensorSpec((), tf.int32))
    images, labels = zip(*dataset.as_numpy_iterator(), strict=True)
    np.testing.assert_allclose(images, IMAGES / 255, rtol=1e-6)
    np.testing.assert_array_equal(labels, LABELS)


@pytest.mark.parametrize("shape", [(3, 2, 2), (12, 1, 1), (2, 3, 1), (2, 3, 4)])
def test_another_shape_does_not_get_through(tmp_path, shape):
    (path,) = write_shards(IMAGES, LABELS, tmp_path, 1)
    parse = make_parse_fn(shape)
    raw = tf.data.TFRecordDataset(path)
    with pytest.raises(tf.errors.InvalidArgumentError):
        parse(next(iter(raw)))
    with pytest.raises(tf.errors.InvalidArgumentError):
        list(raw.map(parse))


@pytest.mark.parametrize("cycle_length", [1, 2, 4])
def test_evaluation_has_the_order_of_reading(files, counted, cycle_length):
    dataset = build_pipeline(
        files, counted.parse, batch_size=5, training=False, augment_fn=counted.augment, cycle_length=cycle_length
    )
    expected = in_turn((range(5), range(5, 7), range(7, 12)), cycle_length)
    assert orders(dataset) == [expected, expected]
    assert (counted.parsed, counted.augmented) == (12, 0)
    assert [len(labels) for _, labels in dataset] == [5, 5, 2]


def test_training_is_complete_and_new_in_each_epoch(files, counted):
    dataset = build_pipeline(files, counted.parse, batch_size=5, augment_fn=counted.augment)
    seen = epochs(dataset, 3)
    assert all(sorted(labels) == list(range(12)) for _, labels in seen)
    assert len({tuple(labels) for _, labels in seen}) == 3
    added = [image - label for images, labels in seen for image, label in zip(images, labels, strict=True)]
    assert sorted(added) == [100 * number for number in range(1, 37)]
    assert counted.parsed == 12


def test_a_seed_decides(files, counted):
    first, again, other = (orders(build_pipeline(files, counted.parse, seed=seed), 3) for seed in (1, 1, 2))
    assert first == again
    assert all(one != two for one, two in zip(first, other, strict=True))


def test_without_a_cache_each_epoch_parses(files, counted):
    orders(build_pipeline(files, counted.parse, cache=False), 3)
    assert counted.parsed == 36


def test_a_cache_on_disk_outlives_its_pipeline(files, counted, tmp_path):
    for _ in range(2):
        orders(build_pipeline(files, counted.parse, cache=str(tmp_path / "kept")))
    assert counted.parsed == 12


def test_a_buffer_of_one_keeps_the_order(files, counted):
    dataset = build_pipeline(files, counted.parse, shuffle_buffer=1, cycle_length=1, seed=0)
    assert orders(dataset, 1) == [list(range(12))]


def test_no_files_are_no_examples(counted):
    assert list(build_pipeline([], counted.parse)) == []


def test_the_rate_leaves_the_first_epoch_out():
    sizes, stepped = (3, 1, 4), []
    like = {"b": tf.TensorSpec((None,)), "a": (tf.TensorSpec((None, 2)), tf.TensorSpec((None,)))}
    dataset = tf.data.Dataset.from_generator(
        lambda: ({"b": np.zeros(n), "a": (np.zeros((n, 2)), np.zeros(n))} for n in sizes), output_signature=like
    )
    found = benchmark(dataset, epochs=4, step=lambda batch: stepped.append(len(batch["b"])))
    assert stepped == [*sizes] * 4
    assert (found["batches"], found["examples"], len(found["epoch_seconds"])) == (3, 8, 4)
    assert found["examples_per_second"] == pytest.approx(24 / sum(found["epoch_seconds"][1:]))


def test_one_epoch_is_none():
    with pytest.raises(ValueError, match="epochs=1"):
        benchmark(tf.data.Dataset.range(3), epochs=1)
