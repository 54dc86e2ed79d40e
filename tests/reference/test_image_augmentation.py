"""The reference augmentation, measured: dots that move, factors that are read back, passes that are counted."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference.image_augmentation import (
    augment_image,
    build_augmenter,
    build_classifier,
    export_for_serving,
    make_dataset,
)

OFF = {"rotation_degrees": 0, "shift": 0, "zoom": 0, "contrast": 0, "horizontal_flip": False}
RNG = np.random.default_rng(5)
BATCH = RNG.uniform(size=(6, 16, 16, 3)).astype("float32")
SIZE = 33


def dot(x, y, spread=2.0):
    """One dot in a gray image (33, 33, 1), at a distance from the middle; y points downwards."""
    rows, columns = np.mgrid[0:SIZE, 0:SIZE] - SIZE // 2
    return np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * spread**2))[..., None].astype("float32")


def places(images):
    """Where the dot of each image is: (N, 2) as x, y."""
    images = np.asarray(images)[..., 0]
    at = np.arange(SIZE) - SIZE // 2
    total = images.sum((1, 2))
    return np.stack([np.einsum("nhw,w->n", images, at), np.einsum("nhw,h->n", images, at)], 1) / total[:, None]


def moved(x, y, count=200, **on):
    augmenter = build_augmenter(**OFF | on, seed=4)
    return places(augmenter(np.repeat(dot(x, y)[None], count, 0), training=True))


def seeds(count):
    return [tf.constant(pair, "int32") for pair in RNG.integers(0, 2**31 - 1, (count, 2))]


def rows_of(dataset):
    return [np.concatenate([np.asarray(part) for part in column]) for column in zip(*dataset, strict=True)]


def test_rotation_is_in_degrees_and_both_ways():
    found = moved(8, 0, rotation_degrees=20)
    angles = np.degrees(np.arctan2(found[:, 1], found[:, 0]))
    assert -20.5 < angles.min() < -17
    assert 17 < angles.max() < 20.5
    np.testing.assert_allclose(np.hypot(*found.T), 8, atol=0.3)


def test_shifts_are_shares_of_the_size_and_independent():
    found = moved(0, 0, shift=0.2)
    assert np.all(np.abs(found) < 0.2 * SIZE + 0.1)
    assert np.all(found.min(0) < -0.17 * SIZE)
    assert np.all(found.max(0) > 0.17 * SIZE)
    assert abs(np.corrcoef(found.T)[0, 1]) < 0.3


def test_zoom_scales_both_axes_alike():
    found = moved(6, 6, zoom=0.3)
    np.testing.assert_allclose(found[:, 0], found[:, 1], atol=0.05)
    assert 6 / 1.35 < found.min() < 5
    assert 7.5 < found.max() < 6 / 0.65


def test_half_of_the_images_are_mirrored_left_right():
    found = moved(5, 3, horizontal_flip=True)
    np.testing.assert_allclose(np.abs(found), [[5, 3]] * 200, atol=0.05)
    assert np.all(found[:, 1] > 0)
    assert 0.35 < np.mean(found[:, 0] < 0) < 0.65


def test_contrast_goes_both_ways_and_is_clipped():
    gray = RNG.uniform(0.4, 0.6, (200, 8, 8, 3)).astype("float32")
    augmenter = build_augmenter(**OFF | {"contrast": 0.4}, seed=1)
    factors = np.asarray(augmenter(gray, training=True)).std((1, 2, 3)) / gray.std((1, 2, 3))
    assert 0.58 < factors.min() < 0.65
    assert 1.35 < factors.max() < 1.42
    extreme = np.asarray(augmenter(gray.round(), training=True))
    assert extreme.min() >= 0
    assert extreme.max() <= 1


def test_what_comes_in_from_outside_is_black():
    white = build_augmenter(seed=2)(np.ones((100, SIZE, SIZE, 3), "float32"), training=True)
    assert np.mean(np.asarray(white).min((1, 2, 3)) == 0) > 0.9


def test_nothing_happens_at_inference_or_when_switched_off():
    np.testing.assert_array_equal(build_augmenter()(BATCH, training=False), BATCH)
    np.testing.assert_array_equal(build_augmenter(**OFF)(BATCH, training=True), BATCH)
    assert np.abs(np.asarray(build_augmenter()(BATCH, training=True)) - BATCH).max((1, 2, 3)).min() > 0.05


def test_a_seed_fixes_the_sequence():
    def two_calls(seed):
        augmenter = build_augmenter(seed=seed)
        return np.stack([augmenter(np.repeat(BATCH[:1], 4, 0), training=True) for _ in range(2)])

    first = two_calls(3)
    np.testing.assert_array_equal(first, two_calls(3))
    assert len(np.unique(first.reshape(8, -1), axis=0)) == 8
    assert not np.allclose(first, two_calls(4))
    assert not np.allclose(two_calls(None), two_calls(None))


def test_a_classifier_is_served_as_it_predicts(tmp_path):
    model = build_classifier(build_augmenter(), (16, 16, 3), 4)
    predicted = model.predict(BATCH, verbose=0)
    assert not np.allclose(model(BATCH, training=True), model(BATCH, training=True), atol=1e-6)
    np.testing.assert_allclose(predicted.sum(1), 1, rtol=1e-5)
    export_for_serving(model, tmp_path / "served")
    served = tf.saved_model.load(str(tmp_path / "served"))
    for _ in range(2):
        (output,) = served.signatures["serving_default"](tf.constant(BATCH)).values()
        np.testing.assert_allclose(output, predicted, atol=1e-5)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(BATCH, verbose=0), predicted, atol=1e-6)


def test_an_image_is_changed_by_four_independent_draws():
    side = np.where(np.arange(8) < 4, -1.0, 1.0)
    pattern = 0.6 * side[None, :] + 0.8 * side[:, None]
    picture = tf.constant([0.7, 0.5, 0.4] + 0.05 * pattern[..., None], "float32")
    augment = tf.function(augment_image)
    images = np.stack([augment(picture, 1, seed)[0] for seed in seeds(300)])
    red = images[..., 0]
    mirrored = (red[:, :, :4].mean((1, 2)) > red[:, :, 4:].mean((1, 2))).astype(float)
    brightness, contrast = red.mean((1, 2)) - 0.7, red.std((1, 2)) / 0.05
    saturation = (red - images[..., 2]).mean((1, 2)) / 0.3
    assert 0.35 < mirrored.mean() < 0.65
    for values, middle in ((brightness, 0), (contrast, 1), (saturation, 1)):
        assert -0.102 < values.min() - middle < -0.09
        assert 0.09 < values.max() - middle < 0.102
    apart = np.corrcoef([mirrored, brightness, contrast, saturation]) - np.eye(4)
    assert np.abs(apart).max() < 0.3
    assert np.all(red[:, :4].mean((1, 2)) < red[:, 4:].mean((1, 2)))


def test_an_image_follows_from_its_seed_alone():
    pixels = RNG.integers(0, 256, (8, 8, 3)).astype("uint8")
    one, other = seeds(2)
    tf.random.set_seed(1)
    first, label = augment_image(tf.constant(pixels), 5, one)
    tf.random.set_seed(2)
    assert label == 5
    np.testing.assert_array_equal(first, augment_image(tf.constant(pixels), 5, one)[0])
    np.testing.assert_allclose(first, tf.function(augment_image)(tf.constant(pixels), 5, one)[0], atol=1e-6)
    np.testing.assert_allclose(first, augment_image(tf.constant(pixels / 255, tf.float32), 5, one)[0], atol=1e-5)
    assert not np.allclose(first, augment_image(tf.constant(pixels), 5, other)[0])
    assert first.numpy().min() >= 0
    assert first.numpy().max() <= 1


def test_gray_images_have_no_saturation():
    seed = tf.cast(seeds(1)[0], tf.int64)
    gray = augment_image(tf.constant(BATCH[0, :, :, :1]), 0, seed)[0]
    assert gray.shape == (16, 16, 1)
    assert not np.allclose(gray, BATCH[0, :, :, :1])


IMAGES = np.repeat(np.arange(40, 240, 8, dtype="uint8"), 8 * 8).reshape(25, 8, 8, 1)
LABELS = np.arange(25)


def test_validation_data_is_in_order_and_scaled():
    dataset = make_dataset(IMAGES, LABELS, 8, training=False)
    assert [len(labels) for _, labels in dataset] == [8, 8, 8, 1]
    images, labels = rows_of(dataset)
    np.testing.assert_allclose(images, IMAGES / 255, atol=1e-6)
    np.testing.assert_array_equal(labels, LABELS)


def test_each_pass_is_complete_and_new():
    dataset = make_dataset(IMAGES, LABELS, 8, training=True, seed=1)
    assert dataset.element_spec[1].dtype == tf.int64
    (first, one), (second, two) = rows_of(dataset), rows_of(dataset)
    assert sorted(one) == sorted(two) == list(range(25))
    assert list(one) != list(range(25))
    assert list(one) != list(two)
    for images, labels in ((first, one), (second, two)):
        assert np.all(np.abs(images.mean((1, 2, 3)) - IMAGES[labels].mean((1, 2, 3)) / 255) < 0.101)
    assert np.abs(first[np.argsort(one)] - second[np.argsort(two)]).max((1, 2, 3)).min() > 0


def test_passes_follow_from_the_seed_alone():
    def two_passes(seed, global_seed):
        tf.random.set_seed(global_seed)
        dataset = make_dataset(IMAGES, LABELS, 8, training=True, seed=seed)
        return [rows_of(dataset)[0] for _ in range(2)]

    first = two_passes(3, 10)
    np.testing.assert_array_equal(first, two_passes(3, 20))
    assert not np.allclose(first[0], two_passes(4, 10)[0])


@pytest.mark.parametrize("training", [False, True])
def test_batches_keep_their_dtypes(training):
    images, labels = next(iter(make_dataset(IMAGES, LABELS, 5, training)))
    assert (images.dtype, labels.dtype, images.shape) == (tf.float32, tf.int64, (5, 8, 8, 1))
