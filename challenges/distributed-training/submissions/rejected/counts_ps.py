# caught by: roles
# why: parameter servers count as workers
import json
import os

import tensorflow as tf


def make_strategy(devices):
    if devices is None:
        return tf.distribute.get_strategy()
    if len(devices) == 1:
        return tf.distribute.OneDeviceStrategy(devices[0])
    return tf.distribute.MirroredStrategy(devices)


def batch_plan(strategy, per_replica_batch, base_learning_rate):
    n = strategy.num_replicas_in_sync
    return {"replicas": n, "global_batch_size": n * per_replica_batch, "learning_rate": n * base_learning_rate}


def make_distributed_dataset(strategy, x, y, per_replica_batch, *, shuffle=False, seed=None):
    dataset = tf.data.Dataset.from_tensor_slices((x, y))
    if shuffle:
        dataset = dataset.shuffle(len(x), seed=seed)
    dataset = dataset.batch(per_replica_batch * strategy.num_replicas_in_sync)
    return strategy.experimental_distribute_dataset(dataset)


class DistributedTrainer:
    def __init__(self, strategy, build_model, build_optimizer):
        self.strategy = strategy
        with strategy.scope():
            self.model = build_model()
            self.optimizer = build_optimizer()
            self.optimizer.build(self.model.trainable_variables)

    def _replica_step(self, x, y):
        variables = self.model.trainable_variables
        context = tf.distribute.get_replica_context()
        count = context.all_reduce("SUM", tf.shape(y)[0])
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.model(x, training=True))
            loss = tf.nn.compute_average_loss(losses, global_batch_size=count)
            loss += sum(self.model.losses) / self.strategy.num_replicas_in_sync
        gradients = tape.gradient(loss, [v.value for v in variables])
        self.optimizer.apply_gradients(zip(gradients, variables))
        return loss

    @tf.function(reduce_retracing=True)
    def train_step(self, dist_batch):
        losses = self.strategy.run(self._replica_step, args=dist_batch)
        return self.strategy.reduce("SUM", losses, axis=None)

    def fit(self, dist_dataset, epochs):
        history = []
        for _ in range(epochs):
            losses = [float(self.train_step(batch)) for batch in dist_dataset]
            history.append(sum(losses) / len(losses))
        return history

    def _replica_totals(self, x, y):
        logits = self.model(x, training=False)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
        right = tf.cast(tf.argmax(logits, -1, tf.int32) == y, tf.float32)
        return tf.stack([tf.reduce_sum(losses), tf.reduce_sum(right), tf.cast(tf.size(y), tf.float32)])

    @tf.function(reduce_retracing=True)
    def _totals(self, dist_batch):
        return self.strategy.reduce("SUM", self.strategy.run(self._replica_totals, args=dist_batch), axis=None)

    def evaluate(self, dist_dataset):
        loss, right, count = sum(self._totals(batch).numpy() for batch in dist_dataset)
        return {"loss": float(loss / count), "accuracy": float(right / count)}


def _check(cluster, task_type, index):
    if not isinstance(cluster, dict) or not cluster:
        raise ValueError(f"no cluster: {cluster!r}")
    used = []
    for kind, addresses in cluster.items():
        if kind not in ("chief", "worker", "ps"):
            raise ValueError(f"unknown task type: {kind!r}")
        if not isinstance(addresses, list) or len(addresses) == 0:
            raise ValueError(f"no addresses for {kind}: {addresses!r}")
        for address in addresses:
            if not isinstance(address, str) or ":" not in address:
                raise ValueError(f"not host:port: {address!r}")
            host, port = address.rsplit(":", 1)
            if not host or not port.isdigit() or not 0 < int(port) < 65536:
                raise ValueError(f"not host:port: {address!r}")
            used.append(address)
    if len(set(used)) < len(used):
        raise ValueError(f"an address is used twice: {used}")
    if len(cluster.get("chief", [])) > 1:
        raise ValueError("more than one chief")
    if task_type not in cluster:
        raise ValueError(f"no such task type: {task_type!r}")
    if type(index) is not int or not 0 <= index < len(cluster[task_type]):
        raise ValueError(f"no such index: {index!r}")


def make_tf_config(cluster, task_type, index):
    _check(cluster, task_type, index)
    return json.dumps({"cluster": cluster, "task": {"type": task_type, "index": index}})


def read_tf_config(text):
    if not text:
        return {"cluster": {}, "task_type": None, "index": 0, "num_workers": 1, "is_chief": True}
    config = json.loads(text)
    try:
        cluster, kind, index = config["cluster"], config["task"]["type"], config["task"]["index"]
    except (KeyError, TypeError) as error:
        raise ValueError(f"TF_CONFIG lacks something: {text}") from error
    _check(cluster, kind, index)
    workers = sum(len(addresses) for addresses in cluster.values())
    chief = kind == "chief" or (kind == "worker" and index == 0 and "chief" not in cluster)
    return {"cluster": cluster, "task_type": kind, "index": index, "num_workers": workers, "is_chief": chief}


def checkpoint_path(base_dir, config):
    if config["is_chief"]:
        return base_dir
    return os.path.join(base_dir, f"tmp_{config['task_type']}_{config['index']}")
