"""The reference classifier against NumPy: preparation, splitting, the compiled loss and the weights that come back."""

import keras
import numpy as np
import pytest

from reference.cnn_classifier import build_cnn, predict_labels, prepare_images, stratified_split, train_classifier

LAST = 11


def stripes(count, seed=0):
    """Images (N, 8, 8) with a bright row whose place is the label, in three classes."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    images = rng.integers(0, 60, (count, 8, 8))
    images[np.arange(count), 2 * labels] += 190
    return images.astype("uint8"), labels


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_integers_are_divided_whatever_they_hold(dtype):
    images = np.array([[[0, 1], [2, 3]]], dtype)
    prepared = prepare_images(images)
    assert prepared.dtype == np.float32
    np.testing.assert_allclose(prepared[..., 0], images / 255, rtol=1e-6)


def test_floats_are_only_cast_into_an_array_of_their_own():
    images = np.random.default_rng(0).uniform(0, 1, (2, 4, 5, 3)).astype("float32")
    prepared = prepare_images(images)
    np.testing.assert_array_equal(prepared, images)
    prepared[:] = 7
    assert images.max() <= 1


@pytest.mark.parametrize("shape", [(64,), (4, 64), (1, 2, 8, 8, 1)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="N, H, W"):
        prepare_images(np.zeros(shape))


@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.5, 0.9])
def test_every_class_gives_its_share(fraction):
    sizes = (40, 8, 101, 2, 1)
    labels = np.random.default_rng(1).permutation(np.repeat(np.arange(5), sizes))
    train, validation = stratified_split(labels, fraction, seed=3)
    assert sorted([*train, *validation]) == list(range(len(labels)))
    given = np.bincount(labels[validation], minlength=5)
    for size, count in zip(sizes, given, strict=True):
        wanted = round(size * fraction)
        assert count == (0 if size == 1 else min(max(wanted, 1), size - 1))


def test_the_seed_decides_the_split_and_nothing_else_does():
    labels = np.arange(90) // 30
    first, again, other = (stratified_split(labels, seed=seed)[1] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert set(first) != set(other)


@pytest.mark.parametrize("fraction", [0.0, 1.0, -1.0])
def test_a_share_of_nothing_or_all_is_refused(fraction):
    with pytest.raises(ValueError, match="fraction"):
        stratified_split([0, 1], fraction)


def test_the_compiled_loss_is_the_cross_entropy_of_the_output():
    model = build_cnn((9, 13, 2), 4)
    rng = np.random.default_rng(0)
    images, labels = rng.uniform(0, 1, (10, 9, 13, 2)).astype("float32"), rng.integers(0, 4, 10)
    probabilities = np.asarray(model(images))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    expected = -np.log(probabilities[np.arange(10), labels]).mean()
    assert model.evaluate(images, labels, verbose=0)[0] == pytest.approx(expected, rel=1e-4)


class Spoils(keras.callbacks.Callback):
    """Makes the last epoch the worst."""

    def __init__(self):
        super().__init__()
        self.epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_test_begin(self, logs=None):
        if self.epoch == LAST:
            self.model.trainable_variables[-1].assign([50.0, 0.0, 0.0])


def test_sorted_images_are_learned_and_the_best_epoch_comes_back():
    images, labels = stripes(240)
    order = np.argsort(labels, kind="stable")
    images, labels = images[order], labels[order]
    model, history = train_classifier(images, labels, 3, seed=1, epochs=LAST + 1, callbacks=[Spoils()])
    assert [len(values) for values in history.values()] == [LAST + 1] * 4
    _, validation = stratified_split(labels, 0.2, 1)
    probabilities = np.asarray(model(prepare_images(images[validation])))
    loss = -np.log(probabilities[np.arange(len(validation)), labels[validation]]).mean()
    assert loss == pytest.approx(min(history["val_loss"]), abs=1e-3)
    assert history["val_loss"][LAST] > min(history["val_loss"])
    new, answers = stripes(30, seed=5)
    predicted = predict_labels(model, new)
    assert predicted.dtype == np.int64
    np.testing.assert_array_equal(predicted, np.asarray(model(prepare_images(new))).argmax(axis=1))
    assert np.mean(predicted == answers) > 0.5
