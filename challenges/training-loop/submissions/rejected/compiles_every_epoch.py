# caught by: compiled
# why: a new tf.function in every epoch and every evaluation, so each is traced again
import tensorflow as tf
from tensorflow import keras


class Trainer:
    def __init__(self, model, loss_fn, optimizer, metrics=(), clip_norm=None, accumulate=1):
        if accumulate < 1 or (clip_norm is not None and clip_norm <= 0):
            raise ValueError(f"bad settings: accumulate={accumulate}, clip_norm={clip_norm}")
        self.model, self.loss_fn, self.optimizer = model, loss_fn, optimizer
        self.metrics = metrics
        self.clip_norm = clip_norm
        self.accumulate = accumulate
        self.train_loss = keras.metrics.Mean()
        self.test_loss = keras.metrics.Mean()

        optimizer.build(model.trainable_variables)
        self.sums = [tf.Variable(tf.zeros(v.shape)) for v in model.trainable_variables]
        self.samples = tf.Variable(0.0)
        self.calls = tf.Variable(0)
        self.reached = [False] * len(self.sums)
        self.step = tf.function(self.step_in_graph, reduce_retracing=True)
        self.rest = tf.function(self.update)
        self.test = tf.function(self.test_in_graph)

    def step_in_graph(self, x, y):
        with tf.GradientTape() as tape:
            predictions = self.model(x, training=True)
            loss = self.loss_fn(y, predictions)
            for extra in self.model.losses:
                loss += extra
        gradients = tape.gradient(loss, self.model.trainable_variables)
        n = tf.cast(tf.shape(x)[0], tf.float32)
        for i, (total, gradient) in enumerate(zip(self.sums, gradients)):
            if gradient is not None:
                self.reached[i] = True
                total.assign_add(n * gradient)
        self.samples.assign_add(n)
        self.calls.assign_add(1)
        self.train_loss.update_state(loss, sample_weight=n)
        for metric in self.metrics:
            metric.update_state(y, predictions)
        if self.calls >= self.accumulate:
            self.update()
        return loss

    def update(self):
        variables = [v for v, reached in zip(self.model.trainable_variables, self.reached) if reached]
        gradients = [s / self.samples for s, reached in zip(self.sums, self.reached) if reached]
        if self.clip_norm is not None:
            norm = tf.linalg.global_norm(gradients)
            scale = tf.minimum(1.0, self.clip_norm / tf.maximum(norm, 1e-12))
            gradients = [g * scale for g in gradients]
        self.optimizer.apply_gradients(zip(gradients, variables))
        for total in self.sums:
            total.assign(tf.zeros_like(total))
        self.samples.assign(0.0)
        self.calls.assign(0)

    def test_in_graph(self, x, y):
        predictions = self.model(x, training=False)
        loss = tf.add_n([self.loss_fn(y, predictions)] + self.model.losses)
        self.test_loss.update_state(loss, sample_weight=tf.shape(y)[0])
        for metric in self.metrics:
            metric.update_state(y, predictions)

    def train_step(self, x, y):
        return self.step(tf.convert_to_tensor(x), tf.convert_to_tensor(y))

    def evaluate(self, dataset):
        self.test_loss.reset_state()
        for metric in self.metrics:
            metric.reset_state()
        self.test = tf.function(self.test_in_graph, reduce_retracing=True)
        batches = 0
        for x, y in dataset:
            self.test(tf.convert_to_tensor(x), tf.convert_to_tensor(y))
            batches += 1
        if batches == 0:
            raise ValueError("nothing to evaluate")
        return {"loss": float(self.test_loss.result())} | {m.name: float(m.result()) for m in self.metrics}

    def fit(self, dataset, epochs, validation_data=None):
        names = ["loss"] + [m.name for m in self.metrics]
        history = {name: [] for name in names}
        if validation_data is not None:
            history |= {f"val_{name}": [] for name in names}
        for _ in range(epochs):
            for metric in (self.train_loss, *self.metrics):
                metric.reset_state()
            self.step = tf.function(self.step_in_graph, reduce_retracing=True)
            batches = 0
            for x, y in dataset:
                self.train_step(x, y)
                batches += 1
            if batches == 0:
                raise ValueError("nothing to learn from")
            for name, metric in zip(names, (self.train_loss, *self.metrics)):
                history[name].append(float(metric.result()))
            if self.calls.numpy() > 0:
                self.rest()
            if validation_data is not None:
                for name, value in self.evaluate(validation_data).items():
                    history[f"val_{name}"].append(value)
        return history
