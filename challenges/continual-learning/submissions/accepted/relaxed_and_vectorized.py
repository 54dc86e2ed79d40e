# style: tf.function(reduce_retracing=True), the Fisher by vectorized_map, a random.Random reservoir, h5 weights beside json
import json
import math
import pathlib
import random

import keras
import numpy as np
import tensorflow as tf
from keras import ops


class ReservoirBuffer:
    def __init__(self, capacity, seed=None):
        self.capacity, self.seen, self.held, self.dtype = capacity, 0, [], None
        self.random = random.Random(seed)

    def __len__(self):
        return len(self.held)

    def add(self, x, y):
        x = np.array(x)
        self.dtype = x.dtype
        for pair in zip(x, np.array(y).tolist()):
            self.seen += 1
            if len(self.held) < self.capacity:
                self.held.append(pair)
            elif self.random.random() * self.seen < self.capacity:
                self.held[self.random.randrange(self.capacity)] = pair

    def sample(self, n):
        if not self.held:
            raise ValueError
        x, y = zip(*self.random.sample(self.held, min(n, len(self.held))))
        return np.array(x, self.dtype), np.array(y)


def nll(model, x, y, training):
    logits = model(x, training=training)
    return -tf.gather(logits - tf.reduce_logsumexp(logits, axis=1, keepdims=True), y, batch_dims=1)


def diagonal_fisher(model, x, y):
    weights = model.trainable_variables

    def squares(row):
        x, y = row
        with tf.GradientTape() as tape:
            loss = nll(model, x[None], y[None], False)[0]
        return [g * g for g in tape.gradient(loss, [w.value for w in weights])]

    rows = tf.constant(np.asarray(x), tf.float32), tf.constant(np.asarray(y), tf.int32)
    return [tf.reduce_mean(square, 0).numpy() for square in tf.vectorized_map(squares, rows)]


def ewc_penalty(variables, anchors, fisher, lam):
    return lam * sum(ops.sum(f * (v - a) ** 2) for v, a, f in zip(variables, anchors, fisher)) / 2


class OnlineLearner:
    def __init__(self, model, optimizer=None, buffer_capacity=1000, replay_ratio=0.5, ewc_lambda=0.0, seed=None):
        self.model, self.optimizer = model, optimizer or keras.optimizers.Adam()
        self.optimizer.build(model.trainable_variables)
        self.buffer = ReservoirBuffer(buffer_capacity, seed)
        self.replay_ratio, self.ewc_lambda, self.anchored = replay_ratio, ewc_lambda, []
        self.compiled = self.fresh()

    def fresh(self):
        def step(x, y):
            with tf.GradientTape() as tape:
                data = tf.reduce_mean(nll(self.model, x, y, True))
                loss = data
                for term in self.anchored:
                    loss += ewc_penalty(self.model.trainable_variables, *term, self.ewc_lambda)
            self.optimizer.apply_gradients(
                zip(tape.gradient(loss, self.model.trainable_variables), self.model.trainable_variables)
            )
            return data

        return tf.function(step, reduce_retracing=True)

    def update(self, x, y):
        x, y = np.array(x, "float32"), np.array(y, "int32")
        k = min(len(self.buffer), math.ceil(self.replay_ratio * len(x)))
        old = self.buffer.sample(k) if k else (x[:0], y[:0])
        loss = self.compiled(
            tf.constant(np.concatenate([x, old[0]])), tf.constant(np.concatenate([y, old[1]]).astype("int32"))
        )
        self.buffer.add(x, y)
        return loss.numpy().item()

    def predict(self, x):
        return ops.convert_to_numpy(ops.argmax(self.model(np.asarray(x, "float32")), axis=-1))

    def consolidate(self, x, y):
        copies = [ops.convert_to_numpy(v).copy() for v in self.model.trainable_variables]
        self.anchored = [*self.anchored, (copies, diagonal_fisher(self.model, x, y))]
        self.compiled = self.fresh()

    def save(self, folder):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.model.save_weights(folder / "model.weights.h5")
        held = self.buffer.held
        plain = {
            "optimizer": [np.asarray(v).tolist() for v in self.optimizer.variables],
            "anchored": [[[a.tolist() for a in part] for part in term] for term in self.anchored],
            "x": [row.tolist() for row, _ in held],
            "y": [label for _, label in held],
            "seen": self.buffer.seen,
            "random": self.buffer.random.getstate(),
        }
        (folder / "learner.json").write_text(json.dumps(plain))

    def load(self, folder):
        folder = pathlib.Path(folder)
        self.model.load_weights(folder / "model.weights.h5")
        plain = json.loads((folder / "learner.json").read_text())
        for variable, value in zip(self.optimizer.variables, plain["optimizer"]):
            variable.assign(np.array(value, variable.dtype))
        self.anchored = [[[np.array(a, "float32") for a in part] for part in term] for term in plain["anchored"]]
        version, state, gauss = plain["random"]
        self.buffer.random.setstate((version, tuple(state), gauss))
        self.buffer.held = [(np.array(row, "float32"), label) for row, label in zip(plain["x"], plain["y"])]
        self.buffer.seen, self.buffer.dtype = plain["seen"], np.dtype("float32")
        self.compiled = self.fresh()
        return self


def prequential(learner, batches):
    accuracy, losses, weights = [], [], []
    for x, y in batches:
        accuracy.append(float(np.mean(np.asarray(learner.predict(x)) == np.asarray(y))))
        losses.append(learner.update(x, y))
        weights.append(len(y))
    return {
        "accuracy": accuracy,
        "losses": losses,
        "mean": float(np.average(accuracy, weights=weights)) if weights else 0.0,
    }
