# caught by: several_steps
# why: one module-level tf.function gets model and optimizer; the second optimizer wants to make variables in it
import tensorflow as tf


@tf.function(reduce_retracing=True)
def gradients_of(model, loss_fn, x, y):
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = tf.add_n([loss_fn(y, predictions)] + model.losses)
    return loss, predictions, tape.gradient(loss, model.trainable_variables)


@tf.function
def update(model, optimizer, gradients, clip_norm):
    reached = [v for g, v in zip(gradients, model.trainable_variables) if g is not None]
    gradients = [g for g in gradients if g is not None]
    if clip_norm is not None:
        gradients, _ = tf.clip_by_global_norm(gradients, clip_norm)
    optimizer.apply_gradients(zip(gradients, reached))


class Trainer:
    def __init__(self, model, loss_fn, optimizer, metrics=(), clip_norm=None, accumulate=1):
        if accumulate < 1:
            raise ValueError("accumulate has to be 1 or more")
        if clip_norm is not None and not clip_norm > 0:
            raise ValueError("clip_norm has to be positive")
        self.model = model
        self.optimizer = optimizer
        self.metrics = list(metrics)
        self.clip_norm = clip_norm
        self.accumulate = accumulate
        self.variables = model.trainable_variables
        self.waiting = []

        def forward_backward(x, y):
            loss, predictions, gradients = gradients_of(model, loss_fn, x, y)
            for metric in self.metrics:
                metric.update_state(y, predictions)
            return loss, gradients

        @tf.function(reduce_retracing=True)
        def measure(x, y):
            predictions = model(x, training=False)
            for metric in self.metrics:
                metric.update_state(y, predictions)
            return loss_fn(y, predictions) + sum(model.losses)

        self.forward_backward = forward_backward
        self.measure = measure

    def train_step(self, x, y):
        loss, gradients = self.forward_backward(x, y)
        self.waiting.append((len(y), gradients))
        if len(self.waiting) == self.accumulate:
            self.update()
        return loss

    def update(self):
        samples = sum(n for n, _ in self.waiting)
        mean = []
        for i in range(len(self.variables)):
            parts = [n * gradients[i] for n, gradients in self.waiting if gradients[i] is not None]
            mean.append(tf.add_n(parts) / samples if parts else None)
        self.waiting = []
        update(self.model, self.optimizer, mean, self.clip_norm)

    def start_measuring(self):
        for metric in self.metrics:
            metric.reset_state()

    def summary(self, losses):
        if not losses:
            raise ValueError("no batches")
        samples = sum(n for n, _ in losses)
        result = {"loss": sum(n * float(loss) for n, loss in losses) / samples}
        for metric in self.metrics:
            result[metric.name] = float(metric.result())
        return result

    def evaluate(self, dataset):
        self.start_measuring()
        return self.summary([(len(y), self.measure(x, y)) for x, y in dataset])

    def fit(self, dataset, epochs, validation_data=None):
        history = {}
        for _ in range(epochs):
            self.start_measuring()
            row = self.summary([(len(y), self.train_step(x, y)) for x, y in dataset])
            if self.waiting:
                self.update()
            if validation_data is not None:
                for name, value in self.evaluate(validation_data).items():
                    row["val_" + name] = value
            for name, value in row.items():
                history.setdefault(name, []).append(value)
        return history
