"""Two logical devices, and what is seen of strategies, input, training and cluster configurations on them."""

import json
import os

import keras
import numpy as np
import tensorflow as tf

from grader.evidence import Recorder
from grader.probing import f32, probe, raised, report

FEATURES, HIDDEN, CLASSES = 6, 8, 4


def set_up_devices():
    """Splits the CPU into two logical devices. Returns what stood in the way, or None.

    This runs right after the solution was imported, and only works while nothing has used TensorFlow's runtime.
    """
    try:
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    except (RuntimeError, ValueError) as error:
        return error
    return None


NO_DEVICES = set_up_devices()


def two_devices():
    """Raises when there is one device only, because the solution used TensorFlow too early."""
    if NO_DEVICES is not None:
        raise RuntimeError("importing your file must neither configure devices nor run TensorFlow operations")


def mirrored():
    two_devices()
    return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


def examples(rng, count):
    """Inputs (count, 6) and labels (count,) out of 4 classes."""
    return f32(rng, count, FEATURES), rng.integers(0, CLASSES, count).astype("int32")


def initial(rng):
    """Weights for `network`."""
    shapes = [(FEATURES, HIDDEN), (HIDDEN,), (HIDDEN, CLASSES), (CLASSES,)]
    return [0.5 * f32(rng, *shape) for shape in shapes]


def network(weights, *middle, penalty=None):
    """A function that builds 6 inputs, 8 hidden units, whatever is in the middle, and 4 logits."""

    def build():
        layers = [
            keras.Input((FEATURES,)),
            keras.layers.Dense(HIDDEN, activation="tanh", kernel_regularizer=penalty),
            *(make() for make in middle),
            keras.layers.Dense(CLASSES, kernel_regularizer=penalty),
        ]
        model = keras.Sequential(layers)
        model.set_weights(weights)
        return model

    return build


def sgd():
    return keras.optimizers.SGD(1.0)


def distributed(strategy, x, y, batch):
    """A distributed dataset in order, the last batch smaller."""
    return strategy.experimental_distribute_dataset(tf.data.Dataset.from_tensor_slices((x, y)).batch(batch))


def parts(strategy, value):
    """The values of all replicas as arrays."""
    return [np.asarray(part) for part in strategy.experimental_local_results(value)]


def copies(strategy, model):
    """Every variable of a model as each replica has it."""
    return [parts(strategy, variable.value) for variable in model.variables]


def number(value):
    """A loss as a float64 array: where the type isn't the point."""
    return np.asarray(value, "float64")


@probe("strategies")
def strategies(solution, rng):
    """The kind of strategy, where its variables live, and the plan that follows from its size."""
    two_devices()
    seen = {}
    batch, rate = int(rng.integers(3, 40)), float(rng.uniform(0.01, 0.5))
    for name, devices in (("none", None), ("one", ["CPU:1"]), ("two", ["CPU:0", "CPU:1"])):
        strategy = solution.make_strategy(devices)
        with strategy.scope():
            variable = tf.Variable(f32(rng, 2))
        plan = solution.batch_plan(strategy, batch, rate)
        seen[name] = {
            "strategy": type(strategy).__name__,
            "devices": [part.device for part in strategy.experimental_local_results(variable)],
            "plan": {key: plan[key] for key in sorted(plan)},
        }
    return seen


@probe("dataset_split")
def dataset_split(solution, rng):
    """What each replica gets of each batch, when the number of examples divides evenly and when it doesn't."""
    seen = {}
    one = tf.distribute.OneDeviceStrategy("CPU:0")
    for name, strategy, count, size in (
        *((f"{count} on two", mirrored(), count, 2) for count in (11, 9, 8)),
        ("7 on one", one, 7, 3),
    ):
        x, y = f32(rng, count, 2), rng.permutation(count).astype("int32")
        dataset = solution.make_distributed_dataset(strategy, x, y, size)
        seen[name] = [[parts(strategy, value) for value in batch] for batch in dataset]
    return seen


@probe("dataset_shuffle")
def dataset_shuffle(solution, rng):
    """The orders of 37 examples in two epochs: twice under one seed, and once under the next."""
    strategy = mirrored()
    x, y = f32(rng, 37, 2), np.arange(37, dtype="int32")
    seed = int(rng.integers(1000))
    orders, inputs = [], []
    for seed_used in (seed, seed, seed + 1):
        dataset = solution.make_distributed_dataset(strategy, x, y, 4, shuffle=True, seed=seed_used)
        for _ in range(2):
            batches = [[np.concatenate(parts(strategy, value)) for value in batch] for batch in dataset]
            inputs.append(np.concatenate([values for values, _ in batches]))
            orders.append(np.concatenate([labels for _, labels in batches]))
    return {"orders": orders, "inputs": inputs}


@probe("scope")
def scope(solution, rng):
    """Where the builders are called, in which order, and where the variables were made; then a step with Adam."""
    strategy = mirrored()
    called = []
    build = network(initial(rng))

    def build_model():
        called.append(["model", tf.distribute.get_strategy() is strategy])
        return build()

    def build_optimizer():
        called.append(["optimizer", tf.distribute.get_strategy() is strategy])
        return keras.optimizers.Adam(0.05)

    trainer = solution.DistributedTrainer(strategy, build_model, build_optimizer)
    made = {
        "model": [strategy.extended.variable_created_in_scope(v.value) for v in trainer.model.variables],
        "optimizer": [strategy.extended.variable_created_in_scope(v.value) for v in trainer.optimizer.variables],
    }
    loss = trainer.train_step(next(iter(distributed(strategy, *examples(rng, 8), 8))))
    return {
        "called": called,
        "made": made,
        "kept": trainer.strategy is strategy,
        "loss": number(loss),
        "copies": copies(strategy, trainer.model),
    }


def trained(solution, rng, strategy, data, batch, **settings):
    """One pass of steps: each loss, the weights after each step, and how many steps the optimizer counts."""
    trainer = solution.DistributedTrainer(strategy, network(initial(rng), **settings), sgd)
    losses, weights = [], []
    for step, dist_batch in enumerate(distributed(strategy, *data, batch), start=1):
        losses.append(trainer.train_step(dist_batch))
        weights.append(trainer.model.get_weights())
        report(step=step, loss=float(losses[-1]))
    return {
        "losses": losses,
        "weights": weights,
        "iterations": int(keras.ops.convert_to_numpy(trainer.optimizer.iterations)),
    }


@probe("step_even")
def step_even(solution, rng):
    """Eight examples, four for each replica."""
    return trained(solution, rng, mirrored(), examples(rng, 8), 8)


@probe("step_uneven")
def step_uneven(solution, rng):
    """Eleven examples in batches of eight: the last batch is split into two and one."""
    return trained(solution, rng, mirrored(), examples(rng, 11), 8)


@probe("step_empty_replica")
def step_empty_replica(solution, rng):
    """Nine examples in batches of eight: the last batch leaves one replica without any."""
    return trained(solution, rng, mirrored(), examples(rng, 9), 8)


@probe("step_regularized")
def step_regularized(solution, rng):
    """Ten examples in batches of six, with a penalty on both kernels."""
    return trained(solution, rng, mirrored(), examples(rng, 10), 6, penalty=keras.regularizers.L2(0.05))


@probe("one_device")
def one_device(solution, rng):
    """The same training on the default strategy, on one device and on two."""
    data, seed = examples(rng, 7), int(rng.integers(2**31))
    kinds = {
        "default": tf.distribute.get_strategy(),
        "one": tf.distribute.OneDeviceStrategy("CPU:1"),
        "two": mirrored(),
    }
    penalty = keras.regularizers.L2(0.05)
    return {
        name: trained(solution, np.random.default_rng(seed), strategy, data, 4, penalty=penalty)
        for name, strategy in kinds.items()
    }


@probe("fit")
def fit(solution, rng):
    """Four epochs of three full batches: what the replicas work on, the copies that they hold, and the history."""
    strategy = mirrored()
    x, y = examples(rng, 24)
    weights, recorders = initial(rng), []

    def build():
        hidden = keras.layers.Dense(HIDDEN, activation="tanh")
        recorders.append(Recorder())
        model = keras.Sequential([keras.Input((FEATURES,)), recorders[-1], hidden, keras.layers.Dense(CLASSES)])
        model.set_weights(weights)
        return model

    trainer = solution.DistributedTrainer(strategy, build, lambda: keras.optimizers.Adam(0.05))
    recorders[0].seen.forget()
    history = trainer.fit(distributed(strategy, x, y, 8), epochs=4)
    seen = recorders[0].seen
    return {
        "runs": seen.traces,
        "inputs": sorted(seen.inputs, key=lambda part: part.tobytes()),
        "history": [float(loss) for loss in history],
        "kinds": [type(loss).__name__ for loss in history],
        "copies": copies(strategy, trainer.model),
        "iterations": int(keras.ops.convert_to_numpy(trainer.optimizer.iterations)),
    }


@probe("evaluate")
def evaluate(solution, rng):
    """Evaluations of one model over several batchings, with dropout and a penalty in it."""
    strategy = mirrored()
    build = network(initial(rng), lambda: keras.layers.Dropout(0.5), penalty=keras.regularizers.L2(0.05))
    trainer = solution.DistributedTrainer(strategy, build, sgd)
    x, y = examples(rng, 21)
    before = trainer.model.get_weights()
    measured = [
        *(trainer.evaluate(distributed(strategy, x, y, batch)) for batch in (8, 6)),
        trainer.evaluate(distributed(strategy, x[:5], y[:5], 5)),
    ]
    return {"measured": measured, "before": before, "after": trainer.model.get_weights()}


def addresses(rng, count):
    """Different addresses on random hosts and ports."""
    ports = rng.choice(np.arange(1, 65536), count, replace=False)
    return [f"node{rng.integers(100)}.example:{port}" for port in ports]


def resolved(text):
    """What TensorFlow reads from TF_CONFIG."""
    os.environ["TF_CONFIG"] = text
    try:
        resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
        spec = tf.train.ClusterSpec(resolver.cluster_spec().as_dict())
        return {
            "cluster": resolver.cluster_spec().as_dict(),
            "type": resolver.task_type,
            "index": resolver.task_id,
            "own address": spec.task_address(resolver.task_type, resolver.task_id),
        }
    finally:
        del os.environ["TF_CONFIG"]


@probe("make_config")
def make_config(solution, rng):
    """The text of TF_CONFIG, parsed, and what TensorFlow makes of it."""
    workers = {"worker": addresses(rng, 3)}
    chief, *others = addresses(rng, 6)
    mixed = {"chief": [chief], "worker": others[:3], "ps": others[3:]}
    texts = [
        solution.make_tf_config(workers, "worker", int(rng.integers(3))),
        solution.make_tf_config(mixed, "chief", 0),
        solution.make_tf_config(mixed, "worker", 2),
        solution.make_tf_config(mixed, "ps", 1),
    ]
    return {"parsed": [json.loads(text) for text in texts], "resolved": [resolved(text) for text in texts]}


BROKEN = [
    ({}, "worker", 0),
    ("a:1", "worker", 0),
    ({"evaluator": ["a:1"]}, "evaluator", 0),
    ({"worker": []}, "worker", 0),
    ({"worker": "a:1"}, "worker", 0),
    ({"worker": ["a"]}, "worker", 0),
    ({"worker": [":80"]}, "worker", 0),
    ({"worker": ["a:0"]}, "worker", 0),
    ({"worker": ["a:65536"]}, "worker", 0),
    ({"worker": ["a:port"]}, "worker", 0),
    ({"worker": ["a:1"], "ps": ["b:1", "a:1"]}, "worker", 0),
    ({"chief": ["a:1", "b:1"]}, "chief", 0),
    ({"worker": ["a:1"]}, "ps", 0),
    ({"worker": ["a:1"]}, "worker", 1),
    ({"worker": ["a:1", "b:1"]}, "worker", -1),
    ({"worker": ["a:1", "b:1"]}, "worker", "0"),
]


@probe("bad_config")
def bad_config(solution, rng):
    """Clusters and tasks that can't be, through both functions; texts that aren't one; and one that is fine."""
    seen = []
    for cluster, task_type, index in [*BROKEN, ({"worker": addresses(rng, 2)}, "worker", 1)]:
        text = json.dumps({"cluster": cluster, "task": {"type": task_type, "index": index}})
        made, read = raised(solution.make_tf_config, cluster, task_type, index), raised(solution.read_tf_config, text)
        seen.append([made, read])
    texts = ['{"cluster": ', '{"cluster": {"worker": ["a:1"]}}', "[1, 2]", '{"task": {"type": "worker", "index": 0}}']
    texts.append('{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker"}}')
    return {"clusters": seen, "texts": [raised(solution.read_tf_config, text) for text in texts]}


@probe("roles")
def roles(solution, rng):
    """Every task's view of two clusters, the single process, and where each saves."""
    plain = {"worker": addresses(rng, 2)}
    chief, *others = addresses(rng, 5)
    mixed = {"worker": others[:2], "chief": [chief], "ps": others[2:]}
    tasks = [(plain, "worker", 0), (plain, "worker", 1), (mixed, "chief", 0)]
    tasks += [(mixed, kind, index) for kind in ("worker", "ps") for index in range(2)]
    texts = [json.dumps({"cluster": c, "task": {"type": kind, "index": index}}) for c, kind, index in tasks]
    base = f"/models/run{rng.integers(100)}"
    read = [solution.read_tf_config(text) for text in [*texts, None, ""]]
    return {"read": read, "paths": [str(solution.checkpoint_path(base, config)) for config in read]}
