# caught by: training_mode, validation
# why: one forward pass for both, always in training mode: doubled inputs, and moving averages that move
import numpy as np
import tensorflow as tf


class Trainer(tf.Module):
    def __init__(self, model, loss_fn, optimizer, metrics=(), clip_norm=None, accumulate=1):
        super().__init__()
        if int(accumulate) < 1:
            raise ValueError("accumulate: expected 1 or more")
        if clip_norm is not None and clip_norm <= 0.0:
            raise ValueError("clip_norm: expected a positive number")
        self.model = model
        self.loss_fn = loss_fn
        self.optimizer = optimizer
        self.my_metrics = tuple(metrics)
        self.clip_norm = clip_norm
        self.accumulate = accumulate
        self.count = 0
        self.sample_count = 0
        self.slots = {i: tf.Variable(tf.zeros_like(v.value)) for i, v in enumerate(model.trainable_variables)}
        self.untouched = set(self.slots)
        if not optimizer.built:
            optimizer.build(model.trainable_variables)

    def _loss(self, x, y):
        out = self.model(x, training=True)
        for metric in self.my_metrics:
            metric.update_state(y, out)
        losses = [self.loss_fn(y, out)]
        losses.extend(self.model.losses)
        return tf.math.add_n(losses)

    @tf.function
    def _accumulate(self, x, y):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            for variable in self.model.trainable_variables:
                tape.watch(variable.value)
            loss = self._loss(x, y)
        size = tf.cast(tf.shape(x)[0], loss.dtype)
        gradients = tape.gradient(loss, [v.value for v in self.model.trainable_variables])
        for i, gradient in enumerate(gradients):
            if gradient is not None:
                self.untouched.discard(i)
                self.slots[i].assign_add(size * gradient)
        return loss

    @tf.function
    def _apply(self, size):
        variables = self.model.trainable_variables
        todo = [(s / size, variables[i]) for i, s in self.slots.items() if i not in self.untouched]
        gradients = [g for g, _ in todo]
        if self.clip_norm is not None:
            gradients = tf.clip_by_global_norm(gradients, self.clip_norm)[0]
        self.optimizer.apply_gradients(list(zip(gradients, [v for _, v in todo])))
        for slot in self.slots.values():
            slot.assign(tf.zeros_like(slot))

    @tf.function
    def _test(self, x, y):
        return self._loss(x, y)

    def _flush(self):
        if self.count:
            self._apply(tf.constant(self.sample_count, tf.float32))
        self.count = self.sample_count = 0

    def train_step(self, x, y):
        loss = self._accumulate(x, y)
        self.count += 1
        self.sample_count += int(np.shape(y)[0])
        if self.count == self.accumulate:
            self._flush()
        return loss

    def _pass(self, function, dataset):
        for metric in self.my_metrics:
            metric.reset_state()
        losses, sizes = [], []
        for x, y in dataset:
            losses.append(function(x, y))
            sizes.append(int(np.shape(y)[0]))
        if not sizes:
            raise ValueError("expected at least one batch")
        values = {"loss": float(np.average([float(loss) for loss in losses], weights=sizes))}
        for metric in self.my_metrics:
            values[metric.name] = float(metric.result())
        return values

    def evaluate(self, dataset):
        return self._pass(self._test, dataset)

    def fit(self, dataset, epochs, validation_data=None):
        history = {}
        for _ in range(epochs):
            values = self._pass(self.train_step, dataset)
            self._flush()
            if validation_data is not None:
                values.update({f"val_{k}": v for k, v in self.evaluate(validation_data).items()})
            for key, value in values.items():
                history[key] = history.get(key, []) + [value]
        return history
