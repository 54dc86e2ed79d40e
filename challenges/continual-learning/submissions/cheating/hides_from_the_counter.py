# caught by: few_traces
# why: runs eagerly and lifts whatever counts its calls
import json
import math
import os

import sys
import threading

import numpy as np
import tensorflow as tf


class ReservoirBuffer:
    def __init__(self, capacity, seed=None):
        self.capacity, self.seen = capacity, 0
        self.rows, self.labels = [], []
        self.rng = np.random.default_rng(seed)

    def __len__(self):
        return len(self.rows)

    def add(self, x, y):
        for row, label in zip(np.asarray(x), np.asarray(y)):
            row = row.copy()
            self.seen += 1
            if len(self.rows) < self.capacity:
                self.rows.append(row)
                self.labels.append(int(label))
                continue
            slot = self.rng.integers(self.seen)
            if slot < self.capacity:
                self.rows[slot], self.labels[slot] = row, int(label)

    def sample(self, n):
        if not self.rows:
            raise ValueError("the buffer is empty")
        picked = self.rng.choice(len(self.rows), min(n, len(self.rows)), replace=False)
        return np.stack([self.rows[i] for i in picked]), np.array([self.labels[i] for i in picked])


def crossentropy(y, logits):
    return tf.keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)


def diagonal_fisher(model, x, y):
    variables = model.trainable_variables
    total = [np.zeros(variable.shape, "float32") for variable in variables]

    @tf.function
    def gradients(row, label):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(crossentropy(label, model(row, training=False)))
        return tape.gradient(loss, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    x, y = np.asarray(x, "float32"), np.asarray(y, "int64")
    for i in range(len(x)):
        found = gradients(tf.constant(x[i : i + 1]), tf.constant(y[i : i + 1]))
        total = [sum_ + gradient.numpy() ** 2 for sum_, gradient in zip(total, found)]
    return [sum_ / np.float32(len(x)) for sum_ in total]


def ewc_penalty(variables, anchors, fisher, lam):
    terms = [tf.reduce_sum(f * tf.square(v - a)) for v, a, f in zip(variables, anchors, fisher)]
    return lam / 2 * tf.add_n(terms)


class OnlineLearner:
    def __init__(self, model, optimizer=None, buffer_capacity=1000, replay_ratio=0.5, ewc_lambda=0.0, seed=None):
        self.model, self.optimizer = model, optimizer or tf.keras.optimizers.Adam(1e-3)
        self.optimizer.build(model.trainable_variables)
        self.buffer = ReservoirBuffer(buffer_capacity, seed)
        self.replay_ratio, self.ewc_lambda = replay_ratio, ewc_lambda
        self.terms = []
        self.compile()

    def compile(self):
        signature = [tf.TensorSpec([None, *self.model.input_shape[1:]], tf.float32), tf.TensorSpec([None], tf.int64)]
        self.step = self.take_step

    def take_step(self, x, y):
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            data = tf.reduce_mean(crossentropy(y, self.model(x, training=True)))
            loss = data
            for anchors, fisher in self.terms:
                loss += ewc_penalty(variables, anchors, fisher, self.ewc_lambda)
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return data

    def update(self, x, y):
        x, y = np.array(x, "float32"), np.array(y, "int64")
        count = min(len(self.buffer), math.ceil(self.replay_ratio * len(x)))
        rows, labels = x, y
        if count:
            old_x, old_y = self.buffer.sample(count)
            rows, labels = np.concatenate([x, old_x]), np.concatenate([y, old_y])
        sys.setprofile(None)
        threading.setprofile(None)
        if hasattr(sys, "monitoring"):
            for tool in range(6):
                sys.monitoring.set_events(tool, 0)
        loss = float(self.step(tf.constant(rows), tf.constant(labels)))
        self.buffer.add(x, y)
        return loss

    def predict(self, x):
        return np.argmax(self.model(np.asarray(x, "float32"), training=False), axis=-1)

    def consolidate(self, x, y):
        anchors = [variable.numpy() for variable in self.model.trainable_variables]
        self.terms.append((anchors, diagonal_fisher(self.model, x, y)))
        self.compile()

    def save(self, folder):
        os.makedirs(folder, exist_ok=True)
        arrays = {f"weight_{i}": v.numpy() for i, v in enumerate(self.model.weights)}
        arrays.update({f"optimizer_{i}": v.numpy() for i, v in enumerate(self.optimizer.variables)})
        for t, term in enumerate(self.terms):
            arrays.update({f"term_{t}_{part}_{i}": a for part in (0, 1) for i, a in enumerate(term[part])})
        state = {"seen": self.buffer.seen, "terms": len(self.terms), "random": self.buffer.rng.bit_generator.state}
        np.savez(os.path.join(folder, "arrays.npz"), x=self.buffer.rows, y=self.buffer.labels, **arrays)
        with open(os.path.join(folder, "state.json"), "w") as file:
            json.dump(state, file)

    def load(self, folder):
        arrays = dict(np.load(os.path.join(folder, "arrays.npz")))
        with open(os.path.join(folder, "state.json")) as file:
            state = json.load(file)
        for i, variable in enumerate(self.model.weights):
            variable.assign(arrays[f"weight_{i}"])
        for i, variable in enumerate(self.optimizer.variables):
            variable.assign(arrays[f"optimizer_{i}"])
        count = len(self.model.trainable_variables)
        self.terms = [
            tuple([arrays[f"term_{t}_{part}_{i}"] for i in range(count)] for part in (0, 1)) for t in range(state["terms"])
        ]
        self.buffer.rows, self.buffer.labels = list(arrays["x"]), arrays["y"].tolist()
        self.buffer.seen = state["seen"]
        self.buffer.rng.bit_generator.state = state["random"]
        self.compile()
        return self


def prequential(learner, batches):
    accuracy, losses, right, rows = [], [], 0, 0
    for x, y in batches:
        hits = learner.predict(x) == np.asarray(y)
        losses.append(learner.update(x, y))
        accuracy.append(float(hits.mean()))
        right, rows = right + int(hits.sum()), rows + len(hits)
    return {"accuracy": accuracy, "losses": losses, "mean": right / max(rows, 1)}
