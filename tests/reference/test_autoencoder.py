"""The reference autoencoder against NumPy: both halves by hand, errors, thresholds, files and a training."""

import json

import keras
import numpy as np
import pytest

from reference.autoencoder import (
    Autoencoder,
    export_halves,
    find_anomalies,
    reconstruction_errors,
    train_autoencoder,
)


def randomized(seed=0, **settings):
    """A model with random weights that are no longer those of an initializer."""
    rng = np.random.default_rng(seed)
    model = Autoencoder(**settings)
    for half in (model.encoder, model.decoder):
        half.set_weights([rng.normal(size=w.shape) / np.sqrt(w.shape[0]) for w in half.get_weights()])
    return model


def by_hand(model, images):
    """Codes and images from the lists of weights."""
    encoder, decoder = (
        [np.asarray(w, "float64") for w in half.get_weights()] for half in (model.encoder, model.decoder)
    )
    x = images.reshape(len(images), -1).astype("float64")
    for kernel, bias in zip(encoder[:-2:2], encoder[1:-2:2], strict=True):
        x = np.maximum(x @ kernel + bias, 0)
    codes = x = x @ encoder[-2] + encoder[-1]
    for kernel, bias in zip(decoder[:-2:2], decoder[1:-2:2], strict=True):
        x = np.maximum(x @ kernel + bias, 0)
    output = 1 / (1 + np.exp(-(x @ decoder[-2] + decoder[-1])))
    return codes, output.reshape(images.shape)


@pytest.mark.parametrize(
    ("shape", "hidden"), [((28, 28), (128, 64)), ((8, 8), [20]), ([6, 4, 3], (16, 12, 10)), ((7,), (5,))]
)
def test_both_halves_do_what_their_weights_say(shape, hidden):
    model = randomized(latent_dim=4, image_shape=shape, hidden=hidden)
    images = np.random.default_rng(1).uniform(0, 1, (5, *shape)).astype("float32")
    codes, output = by_hand(model, images)
    np.testing.assert_allclose(model.encode(images), codes, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(model(images), output, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(model.decode(codes.astype("float32")), output, rtol=1e-4, atol=1e-5)


def test_weights_exist_at_once():
    model = Autoencoder(3, image_shape=(4, 5), hidden=(6,))
    sizes = [(20, 6), (6,), (6, 3), (3,), (3, 6), (6,), (6, 20), (20,)]
    assert [w.shape for w in model.get_weights()] == sizes
    assert model.count_params() == sum(int(np.prod(size)) for size in sizes)


def test_noise_is_on_the_image_and_in_training_only():
    model = randomized(latent_dim=4, image_shape=(8, 8), hidden=(16,), noise=0.3)
    images = np.random.default_rng(2).uniform(0, 1, (10, 8, 8)).astype("float32")
    _, clean = by_hand(model, images)
    np.testing.assert_allclose(model(images, training=False), clean, atol=1e-5)
    noisy = np.stack([np.asarray(model(images, training=True)) for _ in range(30)])
    rng = np.random.default_rng(3)
    expected = [by_hand(model, images + rng.normal(0, 0.3, images.shape))[1] - clean for _ in range(30)]
    assert np.abs(noisy - clean).mean() == pytest.approx(np.abs(expected).mean(), rel=0.1)


def test_the_config_says_everything():
    model = Autoencoder(5, image_shape=[4, 3], hidden=[7, 6], noise=0.25)
    config = json.loads(json.dumps(model.get_config()))
    again = Autoencoder.from_config(config)
    assert (again.latent_dim, again.image_shape, again.hidden, again.noise) == (5, (4, 3), (7, 6), 0.25)


def test_files_give_the_same_outputs(tmp_path):
    model = randomized(latent_dim=3, image_shape=(4, 4), hidden=(8,), noise=0.1)
    images = np.random.default_rng(4).uniform(0, 1, (5, 4, 4)).astype("float32")
    model.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras", custom_objects={"Autoencoder": Autoencoder})
    np.testing.assert_allclose(loaded(images), model(images), rtol=1e-6)
    export_halves(model, tmp_path / "deep" / "down")
    halves = [keras.models.load_model(tmp_path / "deep" / "down" / f"{half}.keras") for half in ("encoder", "decoder")]
    np.testing.assert_allclose(halves[1](halves[0](images)), model(images), rtol=1e-6)


def test_errors_and_thresholds_are_those_of_numpy():
    model = randomized(latent_dim=3, image_shape=(4, 4, 2), hidden=(8,), noise=0.5)
    rng = np.random.default_rng(5)
    normal, stream = (rng.uniform(0, 1, (count, 4, 4, 2)).astype("float32") for count in (41, 30))
    wanted = [((x - by_hand(model, x)[1]) ** 2).mean(axis=(1, 2, 3)) for x in (normal, stream)]
    np.testing.assert_allclose(reconstruction_errors(model, stream), wanted[1], rtol=1e-4)
    assert reconstruction_errors(model, stream[:0]).shape == (0,)
    for rate in (0.05, 0.3):
        flags = find_anomalies(model, normal, stream, rate)
        assert flags.dtype == bool
        np.testing.assert_array_equal(flags, wanted[1] > np.quantile(wanted[0], 1 - rate))
    np.testing.assert_array_equal(find_anomalies(model, normal, stream), find_anomalies(model, normal, stream, 0.05))


def test_a_training_is_reproducible_and_learns():
    rng = np.random.default_rng(6)
    images = np.repeat(rng.integers(0, 256, (4, 5, 5)), 40, axis=0).astype("uint8")
    model, history = train_autoencoder(images, 3, epochs=12, seed=2)
    keras.utils.set_random_seed(9)
    _, again = train_autoencoder(images, 3, epochs=2, seed=2)
    assert [len(history["loss"]), len(history["val_loss"])] == [12, 12]
    np.testing.assert_allclose(again["val_loss"], history["val_loss"][:2], rtol=1e-4)
    assert history["val_loss"][-1] < 0.5 * history["val_loss"][0]
    assert reconstruction_errors(model, images / 255).mean() < 0.5 * np.var(images / 255)
