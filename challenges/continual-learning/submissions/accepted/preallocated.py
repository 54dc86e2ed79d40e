# style: preallocated arrays and RandomState, a concrete function, the Fisher by jacobian, penalties in a closure, pickle
import pickle
from math import ceil
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf


class ReservoirBuffer:
    def __init__(self, capacity, seed=None):
        self.capacity = capacity
        self.seen = 0
        self.random = np.random.RandomState(seed)
        self.x = self.y = None

    def __len__(self):
        return min(self.capacity, self.seen)

    def add(self, x, y):
        x, y = np.asarray(x), np.asarray(y)
        if self.x is None:
            self.x = np.zeros((self.capacity,) + x.shape[1:], x.dtype)
            self.y = np.zeros(self.capacity, np.int64)
        for i in range(len(x)):
            place = self.seen
            if place >= self.capacity:
                place = self.random.randint(0, self.seen + 1)
            if place < self.capacity:
                self.x[place] = x[i]
                self.y[place] = y[i]
            self.seen += 1

    def sample(self, n):
        if self.seen == 0:
            raise ValueError("nothing was added yet")
        order = self.random.permutation(len(self))[:n]
        return self.x[order], self.y[order]


def diagonal_fisher(model, x, y):
    x, y = tf.constant(np.asarray(x, np.float32)), tf.constant(np.asarray(y, np.int32))
    with tf.GradientTape() as tape:
        log_p = tf.nn.log_softmax(model(x, training=False))
        chosen = tf.gather(log_p, y, batch_dims=1)
    rows = tape.jacobian(chosen, model.trainable_weights)
    return [tf.reduce_mean(row * row, axis=0) for row in rows]


def ewc_penalty(variables, anchors, fisher, lam):
    total = 0.0
    for variable, anchor, f in zip(variables, anchors, fisher):
        difference = variable - anchor
        total += tf.reduce_sum(difference * difference * f)
    return total * lam * 0.5


class OnlineLearner:
    def __init__(self, model, optimizer=None, buffer_capacity=1000, replay_ratio=0.5, ewc_lambda=0.0, seed=None):
        self.model = model
        self.optimizer = keras.optimizers.Adam(0.001) if optimizer is None else optimizer
        self.optimizer.build(model.trainable_variables)
        self.buffer = ReservoirBuffer(buffer_capacity, seed)
        self.ratio, self.lam = replay_ratio, ewc_lambda
        self.tasks = []
        self.train = self.make_step()

    def make_step(self):
        model, optimizer, tasks, lam = self.model, self.optimizer, list(self.tasks), self.lam
        loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

        @tf.function
        def step(x, y):
            with tf.GradientTape() as tape:
                loss = loss_of(y, model(x, training=True))
                total = loss + sum(ewc_penalty(model.trainable_variables, *task, lam) for task in tasks)
            gradients = tape.gradient(total, model.trainable_variables)
            optimizer.apply(gradients, model.trainable_variables)
            return loss

        shape = (None,) + tuple(model.inputs[0].shape[1:])
        return step.get_concrete_function(tf.TensorSpec(shape, tf.float32), tf.TensorSpec((None,), tf.int32))

    def update(self, x, y):
        x, y = np.asarray(x, np.float32), np.asarray(y, np.int32)
        wanted = ceil(self.ratio * len(x))
        all_x, all_y = [x], [y]
        if wanted > 0 and len(self.buffer) > 0:
            old_x, old_y = self.buffer.sample(min(wanted, len(self.buffer)))
            all_x.append(old_x)
            all_y.append(old_y.astype(np.int32))
        loss = self.train(tf.constant(np.concatenate(all_x)), tf.constant(np.concatenate(all_y)))
        self.buffer.add(x, y)
        return loss.numpy()

    def predict(self, x):
        return self.model.predict(np.asarray(x, np.float32), verbose=0).argmax(axis=1)

    def consolidate(self, x, y):
        anchors = [tf.identity(v) for v in self.model.trainable_variables]
        self.tasks.append((anchors, diagonal_fisher(self.model, x, y)))
        self.train = self.make_step()

    def save(self, folder):
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        buffer = self.buffer
        state = {
            "weights": self.model.get_weights(),
            "optimizer": [np.asarray(v) for v in self.optimizer.variables],
            "buffer": (buffer.x, buffer.y, buffer.seen, buffer.random.get_state()),
            "tasks": [[[np.asarray(a) for a in part] for part in task] for task in self.tasks],
        }
        (folder / "learner.pickle").write_bytes(pickle.dumps(state))

    def load(self, folder):
        state = pickle.loads((Path(folder) / "learner.pickle").read_bytes())
        self.model.set_weights(state["weights"])
        for variable, value in zip(self.optimizer.variables, state["optimizer"]):
            variable.assign(value)
        self.buffer.x, self.buffer.y, self.buffer.seen, random = state["buffer"]
        self.buffer.random.set_state(random)
        self.tasks = [tuple(task) for task in state["tasks"]]
        self.train = self.make_step()
        return self


def prequential(learner, batches):
    result = {"accuracy": [], "losses": [], "mean": 0.0}
    hits = []
    for x, y in batches:
        hit = np.equal(learner.predict(x), y)
        result["accuracy"].append(float(hit.mean()))
        result["losses"].append(learner.update(x, y))
        hits.extend(hit.tolist())
    if hits:
        result["mean"] = float(np.mean(hits))
    return result
