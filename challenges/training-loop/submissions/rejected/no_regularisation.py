# caught by: extra_losses
# why: model.losses are forgotten, in the loss and in its gradient
import keras
import tensorflow as tf
from keras import ops


def value_and_gradient(model, loss_fn, variables):
    @tf.function(reduce_retracing=True)
    def run(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        raw = tape.gradient(loss, variables)
        return loss, predictions, [g for g in raw if g is not None], [g is not None for g in raw]

    return run


class Trainer:
    """Mean gradients are kept as a running mean, so nothing has to be divided at the end."""

    def __init__(self, model, loss_fn, optimizer, metrics=(), clip_norm=None, accumulate=1):
        if accumulate < 1:
            raise ValueError(f"accumulate={accumulate}")
        if clip_norm is not None and clip_norm <= 0:
            raise ValueError(f"clip_norm={clip_norm}")
        self.model, self.loss_fn, self.optimizer, self.metrics = model, loss_fn, optimizer, list(metrics)
        self.clip_norm, self.accumulate = clip_norm, accumulate
        self.run = value_and_gradient(model, loss_fn, model.trainable_variables)
        self.predict = tf.function(lambda x: model(x, training=False), reduce_retracing=True)
        self.clear()

    def clear(self):
        self.mean, self.samples, self.batches, self.mask = None, 0, 0, None

    def train_step(self, x, y):
        loss, predictions, gradients, mask = self.run(ops.convert_to_tensor(x), ops.convert_to_tensor(y))
        for metric in self.metrics:
            metric.update_state(y, predictions)
        self.samples += len(y)
        share = len(y) / self.samples
        if self.mean is None:
            self.mean = gradients
        else:
            self.mean = [(1.0 - share) * old + share * new for old, new in zip(self.mean, gradients)]
        self.mask = [bool(m) for m in mask]
        self.batches += 1
        if self.batches == self.accumulate:
            self.apply()
        return loss

    def apply(self):
        gradients = self.mean
        if self.clip_norm is not None:
            norm = ops.sqrt(sum(ops.sum(ops.square(g)) for g in gradients))
            if norm > self.clip_norm:
                gradients = [g * (self.clip_norm / norm) for g in gradients]
        reached = [v for v, m in zip(self.model.trainable_variables, self.mask) if m]
        self.optimizer.apply(gradients, reached)
        self.clear()

    def evaluate(self, dataset):
        for metric in self.metrics:
            metric.reset_state()
        total, samples = 0.0, 0
        for x, y in dataset:
            predictions = self.predict(ops.convert_to_tensor(x))
            loss = self.loss_fn(y, predictions)
            total, samples = total + float(loss) * len(y), samples + len(y)
            for metric in self.metrics:
                metric.update_state(y, predictions)
        return self.row(total, samples)

    def row(self, total, samples):
        if samples == 0:
            raise ValueError("a dataset without batches")
        row = {"loss": total / samples}
        row.update((metric.name, float(metric.result())) for metric in self.metrics)
        return row

    def fit(self, dataset, epochs, validation_data=None):
        rows = []
        for _ in range(epochs):
            for metric in self.metrics:
                metric.reset_state()
            total, samples = 0.0, 0
            for x, y in dataset:
                total, samples = total + float(self.train_step(x, y)) * len(y), samples + len(y)
            row = self.row(total, samples)
            if self.batches:
                self.apply()
            if validation_data is not None:
                row |= {"val_" + name: value for name, value in self.evaluate(validation_data).items()}
            rows.append(row)
        return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
