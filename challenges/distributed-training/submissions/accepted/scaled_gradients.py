# style: gradients of the sum and of the penalty divided by hand, optimizer.apply, evaluation eagerly over local results
import json
import re

import tensorflow as tf

ADDRESS = re.compile(r"^.+:([0-9]{1,5})$")


def make_strategy(devices):
    makers = {
        0: lambda: tf.distribute.get_strategy(),
        1: lambda: tf.distribute.OneDeviceStrategy(devices[0]),
    }
    return makers.get(len(devices or []), lambda: tf.distribute.MirroredStrategy(devices))()


def batch_plan(strategy, per_replica_batch, base_learning_rate):
    plan = {"replicas": strategy.num_replicas_in_sync}
    plan["global_batch_size"] = per_replica_batch * plan["replicas"]
    plan["learning_rate"] = base_learning_rate * plan["replicas"]
    return plan


def make_distributed_dataset(strategy, x, y, per_replica_batch, *, shuffle=False, seed=None):
    dataset = tf.data.Dataset.zip(tf.data.Dataset.from_tensor_slices(x), tf.data.Dataset.from_tensor_slices(y))
    if shuffle:
        dataset = dataset.shuffle(dataset.cardinality(), seed=seed)
    size = strategy.num_replicas_in_sync * per_replica_batch
    return strategy.experimental_distribute_dataset(dataset.batch(size, drop_remainder=False).prefetch(2))


class DistributedTrainer:
    def __init__(self, strategy, build_model, build_optimizer):
        self.strategy = strategy
        with self.strategy.scope():
            self.model = build_model()
            self.optimizer = build_optimizer()
            self.optimizer.build(self.model.trainable_variables)
        self._compiled = tf.function(self._global_step)

    def _local_step(self, x, y):
        weights = self.model.trainable_variables
        values = [weight.value for weight in weights]
        share = 1.0 / self.strategy.num_replicas_in_sync
        with tf.GradientTape(persistent=True) as tape:
            scores = self.model(x, training=True)
            summed = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(y, scores))
            penalty = tf.add_n([tf.constant(0.0), *self.model.losses])
        examples = tf.distribute.get_replica_context().all_reduce("SUM", tf.cast(tf.size(y), summed.dtype))
        data = tape.gradient(summed, values)
        decay = tape.gradient(penalty, values, unconnected_gradients="zero")
        self.optimizer.apply([d / examples + r * share for d, r in zip(data, decay)], weights)
        return summed / examples + penalty * share

    def _global_step(self, batch):
        return self.strategy.reduce(tf.distribute.ReduceOp.SUM, self.strategy.run(self._local_step, batch), axis=None)

    def train_step(self, dist_batch):
        return self._compiled(dist_batch)

    def fit(self, dist_dataset, epochs):
        history = []
        for _ in range(epochs):
            losses = []
            for batch in dist_dataset:
                losses.append(self.train_step(batch))
            history.append(float(tf.add_n(losses) / len(losses)))
        return history

    def evaluate(self, dist_dataset):
        loss, right, examples = 0.0, 0, 0
        for xs, ys in dist_dataset:
            for x, y in zip(*(self.strategy.experimental_local_results(each) for each in (xs, ys))):
                logits = self.model(x, training=False)
                loss += float(tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)))
                right += int(tf.math.count_nonzero(tf.argmax(logits, 1, output_type=y.dtype) == y))
                examples += len(y)
        return {"loss": loss / examples, "accuracy": right / examples}


class Task:
    def __init__(self, cluster, kind, index):
        self.cluster, self.kind, self.index = cluster, kind, index
        problem = self.problem()
        if problem:
            raise ValueError(problem)

    def problem(self):
        if type(self.cluster) is not dict or not self.cluster:
            return "the cluster must be a non-empty dict"
        for kind, hosts in self.cluster.items():
            if kind not in {"chief", "worker", "ps"}:
                return f"unknown type {kind}"
            if type(hosts) is not list or not hosts:
                return f"{kind} needs a list of addresses"
            for host in hosts:
                match = ADDRESS.match(host) if type(host) is str else None
                if match is None or not 1 <= int(match[1]) <= 65535:
                    return f"{host} is no address"
        hosts = sum(self.cluster.values(), [])
        if any(hosts.count(host) > 1 for host in hosts):
            return "an address is used twice"
        if len(self.cluster.get("chief", [0])) > 1:
            return "more than one chief"
        if self.kind not in list(self.cluster):
            return f"no task of type {self.kind}"
        if type(self.index) is not int or self.index < 0 or self.index >= len(self.cluster[self.kind]):
            return f"no task {self.index}"
        return None


def make_tf_config(cluster, task_type, index):
    task = Task(cluster, task_type, index)
    return json.dumps({"task": {"index": task.index, "type": task.kind}, "cluster": task.cluster})


def read_tf_config(text):
    if not text:
        return {"cluster": {}, "task_type": None, "index": 0, "num_workers": 1, "is_chief": True}
    try:
        match json.loads(text):
            case {"cluster": cluster, "task": {"type": kind, "index": index}}:
                task = Task(cluster, kind, index)
            case _:
                raise ValueError("expected cluster and task")
    except RecursionError:
        raise ValueError("expected JSON of sensible depth") from None
    sizes = {each: len(hosts) for each, hosts in task.cluster.items()}
    leader = "chief" if sizes.get("chief") else "worker"
    return {
        "cluster": task.cluster,
        "task_type": task.kind,
        "index": task.index,
        "num_workers": sizes.get("chief", 0) + sizes.get("worker", 0),
        "is_chief": task.kind == leader and task.index == 0,
    }


def checkpoint_path(base_dir, config):
    return "/".join([base_dir] + ([] if config["is_chief"] else [f"tmp_{config['task_type']}_{config['index']}"]))
