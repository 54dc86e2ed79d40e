"""Reference for the challenge ``distributed-training``: synchronous data parallelism that equals one device.

Replica ``r`` of ``R`` holds ``n_r`` examples of a global batch, ``N = sum_r n_r``. The loss of the whole batch is

    L = (1 / N) * sum_i crossentropy_i + penalty,

and each replica minimises its share of it,

    L_r = (1 / N) * sum_(i on r) crossentropy_i + penalty / R,      so that      sum_r L_r = L.

Keras optimizers *sum* gradients over the replicas, hence ``sum_r grad L_r = grad L``: the gradient of one device. ``N``
is counted by an all-reduce in every step. The nominal batch size is wrong for the last batch, and ``R * n_r`` is wrong
wherever the parts differ. A replica without examples contributes a sum over nothing,
which is zero, and its share of the penalty.
"""

import json
import posixpath
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypedDict

import keras
import numpy as np
import tensorflow as tf

Tensors: TypeAlias = tuple[tf.Tensor, ...]
Cluster: TypeAlias = dict[str, list[str]]

TASK_TYPES = ("chief", "worker", "ps")
HIGHEST_PORT = 65535


class TaskConfig(TypedDict):
    """What a process knows of its cluster and of its own place in it."""

    cluster: Cluster
    task_type: str | None
    index: int
    num_workers: int
    is_chief: bool


def make_strategy(devices: Sequence[str] | None) -> tf.distribute.Strategy:
    """The simplest strategy for the devices: the default one for None, and mirroring only for more than one."""
    if devices is None:
        return tf.distribute.get_strategy()
    if len(devices) == 1:
        return tf.distribute.OneDeviceStrategy(devices[0])
    return tf.distribute.MirroredStrategy(list(devices))


def batch_plan(
    strategy: tf.distribute.Strategy, per_replica_batch: int, base_learning_rate: float
) -> dict[str, int | float]:
    """Sizes and learning rate for a number of replicas, by the linear scaling rule (Goyal et al., 2017)."""
    replicas = strategy.num_replicas_in_sync
    return {
        "replicas": replicas,
        "global_batch_size": per_replica_batch * replicas,
        "learning_rate": base_learning_rate * replicas,
    }


def make_distributed_dataset(
    strategy: tf.distribute.Strategy,
    x: np.ndarray,
    y: np.ndarray,
    per_replica_batch: int,
    *,
    shuffle: bool = False,
    seed: int | None = None,
) -> tf.distribute.DistributedDataset:
    """Batches of the global size, each split over the replicas; the last one may be smaller.

    Args:
        strategy: Whose replicas share each batch.
        x: (N, ...) inputs.
        y: (N, ...) labels.
        per_replica_batch: How many examples one replica gets of a full batch.
        shuffle: Draw another order of all N examples for each epoch.
        seed: Makes the orders repeatable.
    """
    dataset = tf.data.Dataset.from_tensor_slices((x, y))
    if shuffle:
        # Of examples, before they are batched, and with room for all of them: otherwise neighbours stay neighbours.
        dataset = dataset.shuffle(len(x), seed=seed, reshuffle_each_iteration=True)
    dataset = dataset.batch(per_replica_batch * strategy.num_replicas_in_sync)
    return strategy.experimental_distribute_dataset(dataset)


class DistributedTrainer:
    """Trains a classifier on all replicas of a strategy, with the numbers of one device.

    Args:
        strategy: Where to train.
        build_model: Makes the model, (N, D) float32 to logits (N, C); called once, in the strategy's scope.
        build_optimizer: Makes the optimizer; called once, in the scope, after the model.
    """

    def __init__(
        self,
        strategy: tf.distribute.Strategy,
        build_model: Callable[[], keras.Model],
        build_optimizer: Callable[[], keras.optimizers.Optimizer],
    ) -> None:
        self.strategy = strategy
        with strategy.scope():
            self.model = build_model()
            self.optimizer = build_optimizer()
            # Slots can't be made in a replica, so they are made here; SGD has none and would hide the omission.
            self.optimizer.build(self.model.trainable_variables)
        self._train_compiled = tf.function(self._train_everywhere, reduce_retracing=True)
        self._measure_compiled = tf.function(self._measure_everywhere, reduce_retracing=True)

    def train_step(self, dist_batch: Any) -> tf.Tensor:
        """One optimizer step on a global batch.

        Args:
            dist_batch: A pair (x, y) of per-replica values; replicas may hold different numbers of examples, or none.

        Returns:
            The loss before the step, penalties included: a scalar tensor.
        """
        return self._train_compiled(dist_batch)

    def fit(self, dist_dataset: Iterable[Any], epochs: int) -> list[float]:
        """Trains for a number of passes. Returns the mean of the steps' losses for each epoch."""
        return [float(tf.reduce_mean([self.train_step(batch) for batch in dist_dataset])) for _ in range(epochs)]

    def evaluate(self, dist_dataset: Iterable[Any]) -> dict[str, float]:
        """Mean cross-entropy and accuracy over all examples, in inference mode, however they are batched.

        Raises:
            ValueError: If the dataset has no examples.
        """
        totals = np.zeros(3)
        for batch in dist_dataset:
            totals += [float(value) for value in self._measure_compiled(batch)]
        loss, correct, examples = totals
        if not examples:
            raise ValueError("`dist_dataset` must have at least one example. Received: none")
        return {"loss": float(loss / examples), "accuracy": float(correct / examples)}

    def _train_everywhere(self, dist_batch: Any) -> tf.Tensor:
        losses = self.strategy.run(self._train_replica, args=dist_batch)
        return self.strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)

    def _train_replica(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Forward and backward pass of one replica's part; the optimizer adds the gradients of all parts up."""
        context = tf.distribute.get_replica_context()
        examples = context.all_reduce(tf.distribute.ReduceOp.SUM, tf.cast(tf.shape(y)[0], tf.float32))
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.model(x, training=True))
            loss = tf.reduce_sum(losses) / examples
            if self.model.losses:
                loss += tf.add_n(self.model.losses) / self.strategy.num_replicas_in_sync
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss

    def _measure_everywhere(self, dist_batch: Any) -> Tensors:
        measured = self.strategy.run(self._measure_replica, args=dist_batch)
        return tuple(self.strategy.reduce(tf.distribute.ReduceOp.SUM, value, axis=None) for value in measured)

    def _measure_replica(self, x: tf.Tensor, y: tf.Tensor) -> Tensors:
        """Sums over one replica's part: of the cross-entropy, of correct answers, and of examples."""
        logits = self.model(x, training=False)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
        correct = tf.equal(tf.argmax(logits, axis=-1, output_type=tf.int32), tf.cast(y, tf.int32))
        sums = (tf.reduce_sum(losses), tf.math.count_nonzero(correct, dtype=tf.float32))
        return *sums, tf.cast(tf.shape(y)[0], tf.float32)


def make_tf_config(cluster: Cluster, task_type: str, index: int) -> str:
    """The JSON text for ``TF_CONFIG``.

    Raises:
        ValueError: For a cluster or a task that TensorFlow couldn't work with, although its resolver would take it.
    """
    _check_cluster(cluster)
    _check_task(cluster, task_type, index)
    return json.dumps({"cluster": cluster, "task": {"type": task_type, "index": index}})


def read_tf_config(text: str | None) -> TaskConfig:
    """The cluster and the own task in the text of ``TF_CONFIG``; None and "" mean a single process.

    Raises:
        ValueError: For text that is not JSON, lacks a part, or describes an impossible cluster or task.
    """
    if not text:
        return {"cluster": {}, "task_type": None, "index": 0, "num_workers": 1, "is_chief": True}
    config = json.loads(text)  # its error is a ValueError
    task = config.get("task") if isinstance(config, dict) else None
    if not isinstance(task, dict) or not {"type", "index"} <= task.keys() or "cluster" not in config:
        raise ValueError(f"TF_CONFIG must have a cluster and a task with type and index. Received: {text}")
    cluster, task_type, index = config["cluster"], task["type"], task["index"]
    _check_cluster(cluster)
    _check_task(cluster, task_type, index)
    return {
        "cluster": cluster,
        "task_type": task_type,
        "index": index,
        "num_workers": len(cluster.get("chief", [])) + len(cluster.get("worker", [])),
        "is_chief": index == 0 and task_type == ("chief" if "chief" in cluster else "worker"),
    }


def checkpoint_path(base_dir: str, config: TaskConfig) -> str:
    """Where a task saves. All of them have to, because saving is collective; only the chief's copy is kept."""
    if config["is_chief"]:
        return base_dir
    return posixpath.join(base_dir, f"tmp_{config['task_type']}_{config['index']}")


def _check_cluster(cluster: object) -> None:
    if not isinstance(cluster, dict) or not cluster:
        raise ValueError(f"The cluster must be a dict of task types to addresses. Received: {cluster!r}")
    seen: set[str] = set()
    for task_type, addresses in cluster.items():
        if task_type not in TASK_TYPES:
            raise ValueError(f"Task types must be among {TASK_TYPES}. Received: {task_type!r}")
        if not isinstance(addresses, list) or not addresses:
            raise ValueError(f"`{task_type}` must have a list of addresses. Received: {addresses!r}")
        for address in addresses:
            _check_address(address)
            if address in seen:
                raise ValueError(f"Each address may be used once. Received twice: {address!r}")
            seen.add(address)
    if len(cluster.get("chief", [])) > 1:
        raise ValueError(f"There can be only one chief. Received: {cluster['chief']!r}")


def _check_address(address: object) -> None:
    host, _, port = address.rpartition(":") if isinstance(address, str) else ("", "", "")
    fits = host and port.isascii() and port.isdigit() and 1 <= int(port) <= HIGHEST_PORT
    if not fits:
        raise ValueError(f"An address must be 'host:port' with a port from 1 to {HIGHEST_PORT}. Received: {address!r}")


def _check_task(cluster: Cluster, task_type: object, index: object) -> None:
    if not isinstance(task_type, str) or task_type not in cluster:
        raise ValueError(f"The task's type must be one of {sorted(cluster)}. Received: {task_type!r}")
    whole = isinstance(index, int) and not isinstance(index, bool)
    if not whole or not 0 <= index < len(cluster[task_type]):  # type: ignore[operator]
        last = len(cluster[task_type]) - 1
        raise ValueError(f"The index of a {task_type!r} must be an int from 0 to {last}. Received: {index!r}")
