"""The reference trainer on two logical devices against NumPy on one, and its view of clusters.

Devices can be split only before TensorFlow's runtime starts, so this file also runs as a program of its own: it trains
on two devices and prints what it got.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference.distributed_training import (
    DistributedTrainer,
    batch_plan,
    checkpoint_path,
    make_distributed_dataset,
    make_strategy,
    make_tf_config,
    read_tf_config,
)

ROOT = Path(__file__).parents[2]
DECAY = 0.05
SIZES = {"even": 8, "uneven": 11, "empty part": 9}
TWO = {"worker": ["a:1", "b:65535"]}
MIXED = {"chief": ["a:1"], "worker": ["b:1", "c:1"], "ps": ["d:1"]}


def data(count):
    rng = np.random.default_rng(count)
    return rng.standard_normal((count, 3)).astype("float32"), rng.integers(0, 2, count).astype("int32")


def network():
    """A linear model with a penalty: its gradient is known."""
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(2, kernel_regularizer=keras.regularizers.L2(DECAY))]
    )
    model.set_weights([np.float32([[0.1, -0.2], [0.3, 0.4], [-0.5, 0.6]]), np.float32([0.05, -0.05])])
    return model


def log_softmax(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def one_device(x, y, batch):
    """Losses of plain gradient descent with rate 1, and the last weights, in NumPy."""
    kernel, bias = (np.float64(w) for w in network().get_weights())
    losses = []
    for start in range(0, len(x), batch):
        part, labels = np.float64(x[start : start + batch]), y[start : start + batch]
        logs = log_softmax(part @ kernel + bias)
        losses.append(-logs[np.arange(len(labels)), labels].mean() + DECAY * np.square(kernel).sum())
        slope = (np.exp(logs) - np.eye(2)[labels]) / len(labels)
        kernel, bias = kernel - part.T @ slope - 2 * DECAY * kernel, bias - slope.sum(axis=0)
    return losses, kernel


def train(strategy, count):
    """What the reference gives for one pass, batches of 8."""
    x, y = data(count)
    trainer = DistributedTrainer(strategy, network, lambda: keras.optimizers.SGD(1.0))
    dataset = make_distributed_dataset(strategy, x, y, 8 // strategy.num_replicas_in_sync)
    before = trainer.evaluate(dataset)
    losses = [float(trainer.train_step(batch)) for batch in dataset]
    return {"losses": losses, "kernel": trainer.model.get_weights()[0].tolist(), "before": before}


def measure():
    """Run as a program: everything that needs two devices."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    strategy = make_strategy(["CPU:0", "CPU:1"])
    found = {name: train(strategy, count) for name, count in SIZES.items()}
    trainer = DistributedTrainer(strategy, network, lambda: keras.optimizers.Adam(0.05))
    variables = [*trainer.model.variables, *trainer.optimizer.variables]
    found["in scope"] = all(strategy.extended.variable_created_in_scope(v.value) for v in variables)
    found["history"] = trainer.fit(make_distributed_dataset(strategy, *data(16), 4), epochs=3)
    found["plan"] = batch_plan(strategy, 16, 0.1)
    print(json.dumps(found))  # noqa: T201 - read by the test


@pytest.fixture(scope="module")
def on_two():
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, env=environment, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", SIZES)
def test_two_devices_give_what_numpy_gives_on_one(on_two, name):
    losses, kernel = one_device(*data(SIZES[name]), 8)
    np.testing.assert_allclose(on_two[name]["losses"], losses, rtol=1e-5)
    np.testing.assert_allclose(on_two[name]["kernel"], kernel, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", SIZES)
def test_an_evaluation_is_over_examples_and_without_penalties(on_two, name):
    x, y = data(SIZES[name])
    kernel, bias = network().get_weights()
    logs = log_softmax(x @ kernel + bias)
    expected = {"loss": -logs[np.arange(len(y)), y].mean(), "accuracy": (logs.argmax(axis=1) == y).mean()}
    assert on_two[name]["before"] == pytest.approx(expected, rel=1e-5)


def test_everything_is_made_in_the_scope_and_learns(on_two):
    assert on_two["in scope"]
    assert len(on_two["history"]) == 3
    assert on_two["history"][-1] < on_two["history"][0]


def test_sizes_and_rate_follow_the_replicas(on_two):
    assert on_two["plan"] == {"replicas": 2, "global_batch_size": 32, "learning_rate": 0.2}


def test_the_default_strategy_trains_alike():
    losses, kernel = one_device(*data(11), 8)
    found = train(make_strategy(None), 11)
    np.testing.assert_allclose(found["losses"], losses, rtol=1e-5)
    np.testing.assert_allclose(found["kernel"], kernel, rtol=1e-4, atol=1e-6)


def test_one_device_is_not_mirrored():
    assert isinstance(make_strategy(["CPU:0"]), tf.distribute.OneDeviceStrategy)


def test_nothing_can_be_evaluated_on_nothing():
    trainer = DistributedTrainer(make_strategy(None), network, lambda: keras.optimizers.SGD(1.0))
    with pytest.raises(ValueError, match="Received: none"):
        trainer.evaluate([])


def test_an_epoch_is_shuffled_anew_and_under_the_seed():
    x, y = np.zeros((50, 1)), np.arange(50)
    datasets = [make_distributed_dataset(make_strategy(None), x, y, 10, shuffle=True, seed=s) for s in (1, 1, 2)]
    first, again, other = ([np.concatenate([b for _, b in d]) for _ in range(2)] for d in datasets)
    np.testing.assert_array_equal(first, again)
    assert (first[0] != first[1]).any()
    assert (first[0] != other[0]).any()
    np.testing.assert_array_equal(np.sort(first[0]), y)


@pytest.mark.parametrize(
    ("cluster", "kind", "index", "workers", "chief"),
    [
        (TWO, "worker", 0, 2, True),
        (TWO, "worker", 1, 2, False),
        (MIXED, "chief", 0, 3, True),
        (MIXED, "worker", 0, 3, False),
        (MIXED, "ps", 0, 3, False),
    ],
)
def test_a_task_knows_its_role(cluster, kind, index, workers, chief):
    config = read_tf_config(make_tf_config(cluster, kind, index))
    expected = {"cluster": cluster, "task_type": kind, "index": index, "num_workers": workers, "is_chief": chief}
    assert config == expected
    assert checkpoint_path("/base", config) == ("/base" if chief else f"/base/tmp_{kind}_{index}")


@pytest.mark.parametrize("text", [None, ""])
def test_a_single_process_is_its_own_chief(text):
    config = read_tf_config(text)
    assert config == {"cluster": {}, "task_type": None, "index": 0, "num_workers": 1, "is_chief": True}


@pytest.mark.parametrize(
    ("cluster", "kind", "index"),
    [
        ({}, "worker", 0),
        ([], "worker", 0),
        ({"evaluator": ["a:1"]}, "evaluator", 0),
        ({"worker": []}, "worker", 0),
        ({"worker": "a:1"}, "worker", 0),
        ({"worker": [7]}, "worker", 0),
        ({"worker": ["a"]}, "worker", 0),
        ({"worker": [":1"]}, "worker", 0),
        ({"worker": ["a:0"]}, "worker", 0),
        ({"worker": ["a:65536"]}, "worker", 0),
        ({"worker": ["a:²"]}, "worker", 0),
        ({"worker": ["a:1", "a:1"]}, "worker", 0),
        ({"worker": ["a:1"], "ps": ["a:1"]}, "worker", 0),
        ({"chief": ["a:1", "b:1"]}, "chief", 0),
        (TWO, "ps", 0),
        (TWO, "worker", 2),
        (TWO, "worker", -1),
        (TWO, "worker", True),
        (TWO, "worker", 0.0),
    ],
)
def test_what_cannot_be_is_refused(cluster, kind, index):
    with pytest.raises(ValueError, match="Received"):
        make_tf_config(cluster, kind, index)
    with pytest.raises(ValueError, match="Received"):
        read_tf_config(json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}}))


@pytest.mark.parametrize(
    "text", ["{", "[]", "7", '{"cluster": {"worker": ["a:1"]}}', '{"task": {"type": "worker", "index": 0}}']
)
def test_texts_that_describe_no_task_are_refused(text):
    with pytest.raises(ValueError):
        read_tf_config(text)


if __name__ == "__main__":
    measure()
