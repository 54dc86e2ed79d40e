# caught by: strategies, dataset_split, dataset_shuffle, scope, step_even, step_uneven, step_empty_replica, step_regularized, one_device, fit, evaluate, bad_config, roles
# why: the usual snippet, with the step that it leaves out filled in by a mean for each replica
import json

import tensorflow as tf


def make_strategy(devices):
    return tf.distribute.MirroredStrategy(devices)


def batch_plan(strategy, per_replica_batch, base_learning_rate):
    replicas = strategy.num_replicas_in_sync
    return {"replicas": replicas, "global_batch_size": per_replica_batch * replicas, "learning_rate": base_learning_rate}


def make_distributed_dataset(strategy, x, y, per_replica_batch, *, shuffle=False, seed=None):
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(60000)
    return strategy.experimental_distribute_dataset(dataset.batch(per_replica_batch * strategy.num_replicas_in_sync))


class DistributedTrainer:
    def __init__(self, strategy, build_model, build_optimizer):
        self.strategy = strategy
        self.optimizer = build_optimizer()
        with strategy.scope():
            self.model = build_model()

    def one_replica(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.model(x, training=True))
            )
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables))
        return loss

    @tf.function
    def train_step(self, dist_batch):
        losses = self.strategy.run(self.one_replica, args=dist_batch)
        return self.strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)

    def fit(self, dist_dataset, epochs):
        return [float(tf.reduce_mean([self.train_step(b) for b in dist_dataset])) for _ in range(epochs)]

    def evaluate(self, dist_dataset):
        losses, accuracies = [], []
        for xs, ys in dist_dataset:
            for x, y in zip(self.strategy.experimental_local_results(xs), self.strategy.experimental_local_results(ys)):
                logits = self.model(x)
                losses.append(tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)))
                accuracies.append(tf.reduce_mean(tf.cast(tf.argmax(logits, 1, tf.int32) == y, tf.float32)))
        return {"loss": float(tf.reduce_mean(losses)), "accuracy": float(tf.reduce_mean(accuracies))}


def make_tf_config(cluster, task_type, index):
    return json.dumps({"cluster": cluster, "task": {"type": task_type, "index": index}})


def read_tf_config(text):
    config = json.loads(text)
    return {
        "cluster": config["cluster"],
        "task_type": config["task"]["type"],
        "index": config["task"]["index"],
        "num_workers": len(config["cluster"]["worker"]),
        "is_chief": config["task"]["index"] == 0,
    }


def checkpoint_path(base_dir, config):
    return base_dir
