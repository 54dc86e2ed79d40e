"""The reference of training-loop against a two-layer network whose gradients are written out in NumPy."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference.training_loop import Trainer

Array = np.ndarray[Any, Any]
Batch = tuple[Array, Array]
RATE = 0.1


@dataclass(frozen=True)
class Network:
    """tanh(x a + b) c + d, and what is known of its mean squared error on paper, in float64."""

    a: Array
    b: Array
    c: Array
    d: Array
    decay: float = 0.0

    @classmethod
    def random(cls, seed: int = 0) -> "Network":
        rng = np.random.default_rng(seed)
        return cls(*(0.5 * rng.normal(size=shape) for shape in ((3, 5), (5,), (5, 1), (1,))))

    @property
    def weights(self) -> list[Array]:
        return [self.a, self.b, self.c, self.d]

    def predict(self, x: Array) -> Array:
        return np.tanh(x @ self.a + self.b) @ self.c + self.d

    def loss(self, x: Array, y: Array) -> float:
        penalty = self.decay * (np.sum(self.a**2) + np.sum(self.c**2))
        return float(np.mean((self.predict(x) - y) ** 2) + penalty)

    def gradient(self, x: Array, y: Array) -> list[Array]:
        hidden = np.tanh(x @ self.a + self.b)
        error = 2.0 * (hidden @ self.c + self.d - y) / len(x)
        back = error @ self.c.T * (1.0 - hidden**2)
        return [
            x.T @ back + 2.0 * self.decay * self.a,
            back.sum(axis=0),
            hidden.T @ error + 2.0 * self.decay * self.c,
            error.sum(axis=0),
        ]

    def moved(self, gradient: list[Array], rate: float = RATE) -> "Network":
        a, b, c, d = (w - rate * g for w, g in zip(self.weights, gradient, strict=True))
        return replace(self, a=a, b=b, c=c, d=d)

    def as_keras(self) -> keras.Model:
        penalty = keras.regularizers.L2(self.decay) if self.decay else None
        model = keras.Sequential(
            [
                keras.Input((3,)),
                keras.layers.Dense(5, activation="tanh", kernel_regularizer=penalty),
                keras.layers.Dense(1, kernel_regularizer=penalty),
            ]
        )
        model.set_weights(self.weights)
        return model


class TwiceInTraining(keras.layers.Layer):
    def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        return 2.0 * x if training else x


@pytest.fixture
def network() -> Network:
    return Network.random()


def data(samples: int, scale: float = 1.0) -> Batch:
    rng = np.random.default_rng(samples)
    return rng.normal(size=(samples, 3)).astype("float32"), scale * rng.normal(size=(samples, 1)).astype("float32")


def cut(x: Array, y: Array, *sizes: int) -> list[Batch]:
    ends = np.cumsum(sizes)
    return [(x[end - size : end], y[end - size : end]) for end, size in zip(ends, sizes, strict=True)]


def trainer_of(model: keras.Model, rate: float = RATE, **settings: Any) -> Trainer:
    return Trainer(model, keras.losses.MeanSquaredError(), keras.optimizers.SGD(rate), **settings)


def mae() -> keras.metrics.Metric:
    return keras.metrics.MeanAbsoluteError(name="mae")


def assert_weights(model: keras.Model, network: Network) -> None:
    for received, expected in zip(model.get_weights(), network.weights, strict=True):
        np.testing.assert_allclose(received, expected, rtol=1e-4, atol=1e-5)


def norm_of(gradient: list[Array]) -> float:
    return float(np.sqrt(sum(np.sum(g**2) for g in gradient)))


def test_the_gradients_on_paper_are_finite_differences_of_the_loss() -> None:
    network = replace(Network.random(), decay=0.3)
    x, y = data(8)
    eps = 1e-6
    for index in range(4):
        bump = [np.zeros_like(w) for w in network.weights]
        bump[index].flat[0] = 1.0
        slope = (network.moved(bump, -eps).loss(x, y) - network.moved(bump, eps).loss(x, y)) / (2 * eps)
        assert slope == pytest.approx(network.gradient(x, y)[index].flat[0], rel=1e-5)


def test_a_step_returns_the_loss_before_the_update(network: Network) -> None:
    x, y = data(8)
    loss = trainer_of(network.as_keras()).train_step(x, y)
    assert (loss.shape, loss.dtype) == ((), tf.float32)
    assert float(loss) == pytest.approx(network.loss(x, y), rel=1e-5)


def test_a_step_goes_down_the_gradient(network: Network) -> None:
    x, y = data(8)
    model = network.as_keras()
    trainer_of(model).train_step(tf.constant(x), tf.constant(y))
    assert_weights(model, network.moved(network.gradient(x, y)))


def test_regularisation_is_in_the_loss_and_in_the_gradient(network: Network) -> None:
    x, y = data(8)
    network = replace(network, decay=0.2)
    model = network.as_keras()
    trainer = trainer_of(model)
    assert trainer.evaluate([(x, y)])["loss"] == pytest.approx(network.loss(x, y), rel=1e-5)
    trainer.train_step(x, y)
    assert_weights(model, network.moved(network.gradient(x, y)))


def test_trainers_with_different_models_take_turns(network: Network) -> None:
    batches = cut(*data(16), 8, 5, 3)
    networks = [network, Network.random(seed=1)]
    models = [one.as_keras() for one in networks]
    trainers = [trainer_of(model) for model in models]
    for x, y in batches:
        for index, trainer in enumerate(trainers):
            trainer.train_step(x, y)
            networks[index] = networks[index].moved(networks[index].gradient(x, y))
    for model, expected in zip(models, networks, strict=True):
        assert_weights(model, expected)


@pytest.mark.parametrize("clip_norm", [0.05, 1e6])
def test_the_update_has_the_clipped_norm_and_the_gradients_direction(network: Network, clip_norm: float) -> None:
    x, y = data(8, scale=10.0)
    gradient = network.gradient(x, y)
    factor = min(1.0, clip_norm / norm_of(gradient))
    model = network.as_keras()
    trainer_of(model, clip_norm=clip_norm).train_step(x, y)
    assert_weights(model, network.moved([factor * g for g in gradient]))


def test_unequal_batches_are_worth_one_batch_of_all_their_samples(network: Network) -> None:
    x, y = data(16)
    model = network.as_keras()
    trainer = trainer_of(model, accumulate=3)
    for batch in cut(x, y, 8, 3):
        trainer.train_step(*batch)
        assert_weights(model, network)
    trainer.train_step(x[11:], y[11:])
    assert_weights(model, network.moved(network.gradient(x, y)))


def test_an_epoch_ends_with_an_update_from_the_batches_left(network: Network) -> None:
    x, y = data(37, scale=5.0)
    model = network.as_keras()
    trainer_of(model, accumulate=3, clip_norm=0.7).fit(cut(x, y, 8, 8, 8, 8, 5), epochs=1)
    for part in (slice(0, 24), slice(24, 37)):
        gradient = network.gradient(x[part], y[part])
        network = network.moved([min(1.0, 0.7 / norm_of(gradient)) * g for g in gradient])
    assert_weights(model, network)


def test_an_evaluation_is_a_mean_over_samples_however_they_are_cut(network: Network) -> None:
    x, y = data(13)
    trainer = trainer_of(network.as_keras(), metrics=[mae()])
    for sizes in ((13,), (8, 5), (1, 12)):
        measured = trainer.evaluate(cut(x, y, *sizes))
        expected = {"loss": network.loss(x, y), "mae": np.abs(network.predict(x) - y).mean()}
        assert measured == pytest.approx(expected, rel=1e-5)


def test_an_evaluation_between_steps_changes_nothing(network: Network) -> None:
    x, y = data(11)
    model = network.as_keras()
    trainer = trainer_of(model, accumulate=2)
    trainer.train_step(x[:8], y[:8])
    trainer.evaluate([(x, 3.0 * y)])
    assert_weights(model, network)
    trainer.train_step(x[8:], y[8:])
    assert_weights(model, network.moved(network.gradient(x, y)))


def test_the_history_is_weighted_by_samples_and_made_of_floats(network: Network) -> None:
    x, y = data(13)
    history = trainer_of(network.as_keras(), rate=0.0, metrics=[mae()]).fit(cut(x, y, 8, 5), epochs=2)
    assert history["loss"] == pytest.approx([network.loss(x, y)] * 2, rel=1e-5)
    assert {type(value) for values in history.values() for value in values} == {float}


def test_an_epoch_reports_the_losses_that_its_steps_returned(network: Network) -> None:
    batches = cut(*data(13), 8, 5)
    history = trainer_of(network.as_keras()).fit(batches, epochs=2)
    for epoch in range(2):
        total = 0.0
        for x, y in batches:
            total += network.loss(x, y) * len(x)
            network = network.moved(network.gradient(x, y))
        assert history["loss"][epoch] == pytest.approx(total / 13, rel=1e-4)


def test_validation_has_its_own_numbers_and_runs_in_inference_mode() -> None:
    x, y = data(8)
    model = keras.Sequential([keras.Input((3,)), TwiceInTraining(), keras.layers.Dense(1, use_bias=False)])
    kernel = np.array([[1.0], [-1.0], [0.5]])
    model.set_weights([kernel])
    history = trainer_of(model, rate=0.0, metrics=[mae()]).fit([(x, y)], epochs=1, validation_data=[(x, -y)])
    assert history["mae"] == pytest.approx([np.abs(2.0 * x @ kernel - y).mean()], rel=1e-5)
    assert history["val_mae"] == pytest.approx([np.abs(x @ kernel + y).mean()], rel=1e-5)
    assert history["val_loss"] == pytest.approx([np.mean((x @ kernel + y) ** 2)], rel=1e-5)


def test_frozen_variables_stay(network: Network) -> None:
    x, y = data(8)
    model = network.as_keras()
    model.layers[0].trainable = False
    trainer_of(model).train_step(x, y)
    moved = network.moved(network.gradient(x, y))
    assert_weights(model, replace(moved, a=network.a, b=network.b))


def test_a_variable_that_the_loss_does_not_reach_is_not_even_decayed() -> None:
    x, y = data(8)
    inputs = keras.Input((3,))
    stopped = keras.layers.Lambda(tf.stop_gradient)(keras.layers.Dense(4, name="unreached")(inputs))
    model = keras.Model(inputs, keras.layers.Dense(1)(stopped))
    before = model.get_layer("unreached").get_weights()
    optimizer = keras.optimizers.SGD(RATE, weight_decay=0.1)
    trainer = Trainer(model, keras.losses.MeanSquaredError(), optimizer, clip_norm=1.0, accumulate=2)
    for _ in range(2):
        trainer.train_step(x, y)
    np.testing.assert_array_equal(model.get_layer("unreached").get_weights()[0], before[0])
    assert int(optimizer.iterations) == 1


def test_python_goes_through_the_model_once_a_shape_and_mode(network: Network) -> None:
    runs = []

    class Counted(keras.layers.Layer):
        def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
            runs.append(training)
            return x

    model = keras.Sequential([keras.Input((3,)), Counted(), keras.layers.Dense(1)])
    batches = cut(*data(21), 8, 8, 5)
    runs.clear()
    trainer_of(model).fit(batches, epochs=4, validation_data=batches)
    assert (runs.count(True), runs.count(False)) == (2, 2)


@pytest.mark.parametrize("settings", [{"accumulate": 0}, {"clip_norm": 0.0}, {"clip_norm": -1.0}])
def test_settings_that_can_not_work_are_refused(network: Network, settings: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="Received"):
        trainer_of(network.as_keras(), **settings)


@pytest.mark.parametrize("use", [lambda trainer: trainer.evaluate([]), lambda trainer: trainer.fit([], epochs=1)])
def test_a_dataset_without_batches_is_refused(network: Network, use: Callable[[Trainer], object]) -> None:
    with pytest.raises(ValueError, match="at least one batch"):
        use(trainer_of(network.as_keras()))
