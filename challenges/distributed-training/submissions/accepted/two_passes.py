# style: examples counted in a pass of their own, reduction to one device, metrics made in the scope, a table of rules for clusters
import json

import keras
import tensorflow as tf


def make_strategy(devices):
    if not devices:
        return tf.distribute.get_strategy()
    first, *others = devices
    if not others:
        return tf.distribute.OneDeviceStrategy(device=first)
    return tf.distribute.MirroredStrategy(devices, cross_device_ops=tf.distribute.ReductionToOneDevice())


def batch_plan(strategy, per_replica_batch, base_learning_rate):
    count = int(strategy.num_replicas_in_sync)
    return dict(
        replicas=count,
        global_batch_size=int(per_replica_batch) * count,
        learning_rate=float(base_learning_rate) * count,
    )


def make_distributed_dataset(strategy, x, y, per_replica_batch, *, shuffle=False, seed=None):
    indices = tf.data.Dataset.range(len(x))
    if shuffle:
        indices = indices.shuffle(len(x), seed=seed, reshuffle_each_iteration=True)
    pairs = indices.map(lambda i: (tf.gather(x, i), tf.gather(y, i)))
    return strategy.experimental_distribute_dataset(pairs.batch(batch_plan(strategy, per_replica_batch, 1)["global_batch_size"]))


class DistributedTrainer:
    def __init__(self, strategy, build_model, build_optimizer):
        self.strategy = strategy
        with strategy.scope():
            self.model = model = build_model()
            self.optimizer = optimizer = build_optimizer()
            optimizer.build(model.trainable_variables)
            self.measured = {
                "loss": tf.keras.metrics.SparseCategoricalCrossentropy(from_logits=True),
                "accuracy": tf.keras.metrics.SparseCategoricalAccuracy(),
            }

        def count(batch):
            return tf.cast(tf.shape(batch[1])[0], tf.float32)

        def learn(batch, examples):
            with tf.GradientTape() as tape:
                logits = model(batch[0], training=True)
                losses = keras.ops.sparse_categorical_crossentropy(batch[1], logits, from_logits=True)
                loss = tf.reduce_sum(losses / examples)
                if model.losses:
                    loss = loss + tf.nn.scale_regularization_loss(model.losses)
            optimizer.apply_gradients(
                list(zip(tape.gradient(loss, [v.value for v in model.trainable_variables]), model.trainable_variables))
            )
            return loss

        def measure(batch):
            x, y = batch
            for metric in self.measured.values():
                metric.update_state(y, model(x, training=False))

        @tf.function(reduce_retracing=True)
        def train_step(batch):
            examples = strategy.reduce("SUM", strategy.run(count, args=(batch,)), axis=None)
            return strategy.reduce("SUM", strategy.run(learn, args=(batch, examples)), axis=None)

        @tf.function(reduce_retracing=True)
        def update(batch):
            strategy.run(measure, args=(batch,))

        self.train_step, self._update = train_step, update

    def fit(self, dist_dataset, epochs):
        history = []
        for _ in range(epochs):
            total, steps = 0.0, 0
            for batch in dist_dataset:
                total += self.train_step(batch)
                steps += 1
            history.append(float(total) / steps)
        return history

    def evaluate(self, dist_dataset):
        for metric in self.measured.values():
            metric.reset_state()
        for batch in dist_dataset:
            self._update(batch)
        return {name: float(metric.result()) for name, metric in self.measured.items()}


RULES = [
    (lambda c, t, i: isinstance(c, dict) and len(c) > 0, "a cluster"),
    (lambda c, t, i: set(c) <= {"chief", "worker", "ps"}, "task types that exist"),
    (lambda c, t, i: all(isinstance(a, list) and a for a in c.values()), "lists of addresses"),
    (lambda c, t, i: all(_is_address(a) for group in c.values() for a in group), "addresses host:port"),
    (lambda c, t, i: sum(map(len, c.values())) == len({a for g in c.values() for a in g}), "different addresses"),
    (lambda c, t, i: len(c.get("chief", ())) <= 1, "at most one chief"),
    (lambda c, t, i: isinstance(t, str) and t in c, "a task of the cluster"),
    (lambda c, t, i: not isinstance(i, bool) and isinstance(i, int) and i in range(len(c[t])), "an index in the list"),
]


def _is_address(text):
    if not isinstance(text, str):
        return False
    host, colon, port = text.rpartition(":")
    try:
        return bool(host and colon) and 1 <= int(port) <= 65535
    except ValueError:
        return False


def _follow_rules(*task):
    for fits, what in RULES:
        if not fits(*task):
            raise ValueError(f"expected {what}, received {task}")


def make_tf_config(cluster, task_type, index):
    _follow_rules(cluster, task_type, index)
    return json.dumps(dict(cluster=cluster, task=dict(type=task_type, index=index)), indent=2)


def read_tf_config(text):
    if text is None or text == "":
        return dict(cluster={}, task_type=None, index=0, num_workers=1, is_chief=True)
    data = json.loads(text)
    if not (isinstance(data, dict) and isinstance(data.get("task"), dict)):
        raise ValueError("expected a JSON object with a task")
    task = data.get("cluster"), data["task"].get("type"), data["task"].get("index")
    _follow_rules(*task)
    cluster, kind, index = task
    chief = ("chief", 0) if "chief" in cluster else ("worker", 0)
    return dict(
        cluster=cluster,
        task_type=kind,
        index=index,
        num_workers=sum(len(cluster.get(each, ())) for each in ("chief", "worker")),
        is_chief=(kind, index) == chief,
    )


def checkpoint_path(base_dir, config):
    return base_dir if config["is_chief"] else "{}/tmp_{task_type}_{index}".format(base_dir, **config)
