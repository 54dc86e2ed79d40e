# caught by: accumulation, accumulation_in_fit
# why: leaves it to gradient_accumulation_steps: divides by batches, not samples, and keeps the rest of an epoch
import tensorflow as tf


class Trainer:
    def __init__(self, model, loss_fn, optimizer, metrics=(), clip_norm=None, accumulate=1):
        if accumulate < 1 or (clip_norm is not None and clip_norm <= 0):
            raise ValueError("settings out of range")
        if accumulate > 1:
            optimizer.gradient_accumulation_steps = accumulate
        optimizer.global_clipnorm = clip_norm
        self.model = model
        self.loss_fn = loss_fn
        self.optimizer = optimizer
        self.metrics = metrics
        self.train_loss = tf.keras.metrics.Mean(name="train_loss")
        self.test_loss = tf.keras.metrics.Mean(name="test_loss")

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            predictions = self.model(x, training=True)
            loss = self.loss_fn(y, predictions) + sum(self.model.losses)
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables))
        self.train_loss.update_state(loss, tf.shape(y)[0])
        for metric in self.metrics:
            metric.update_state(y, predictions)
        return loss

    @tf.function
    def test_step(self, x, y):
        predictions = self.model(x, training=False)
        self.test_loss.update_state(self.loss_fn(y, predictions) + sum(self.model.losses), tf.shape(y)[0])
        for metric in self.metrics:
            metric.update_state(y, predictions)

    def evaluate(self, dataset):
        self.test_loss.reset_state()
        for metric in self.metrics:
            metric.reset_state()
        for x, y in dataset:
            self.test_step(x, y)
        results = {"loss": float(self.test_loss.result())}
        for metric in self.metrics:
            results[metric.name] = float(metric.result())
        return results

    def fit(self, dataset, epochs, validation_data=None):
        history = {"loss": []}
        for metric in self.metrics:
            history[metric.name] = []
        for epoch in range(epochs):
            self.train_loss.reset_state()
            for metric in self.metrics:
                metric.reset_state()
            for x, y in dataset:
                self.train_step(x, y)
            history["loss"].append(float(self.train_loss.result()))
            for metric in self.metrics:
                history[metric.name].append(float(metric.result()))
            print(f"Epoch {epoch + 1}: Loss={self.train_loss.result():.4f}")
            if validation_data is not None:
                for name, value in self.evaluate(validation_data).items():
                    history.setdefault("val_" + name, []).append(value)
        return history
