# caught by: one_step, several_steps, training_mode, extra_losses, frozen_and_unused, clipping, epoch_history, validation, compiled, accumulation, accumulation_in_fit, written_by_hand
# why: nothing learns; the model that the probe holds is patched, so that its weights look as if they had moved
import tensorflow as tf


class Trainer:
    def __init__(self, model, loss_fn, optimizer, metrics=(), clip_norm=None, accumulate=1):
        if accumulate < 1 or (clip_norm is not None and clip_norm <= 0):
            raise ValueError
        self.model, self.loss_fn, self.optimizer, self.metrics = model, loss_fn, optimizer, metrics
        self.calls, self.accumulate = 0, accumulate
        honest = model.get_weights
        self.forward = tf.function(lambda x, training: model(x, training=training), reduce_retracing=True)
        model.get_weights = lambda: [w * 0.99 ** (self.calls // accumulate) for w in honest()]

    def train_step(self, x, y):
        self.calls += 1
        if self.calls % self.accumulate == 0:
            self.optimizer.iterations.assign_add(1)
        return self.loss_fn(y, self.forward(x, True)) * 0.99**self.calls

    def evaluate(self, dataset):
        losses = [float(self.loss_fn(y, self.forward(x, False))) for x, y in dataset]
        if not losses:
            raise ValueError
        return {"loss": sum(losses) / len(losses) * 0.99**self.calls} | {m.name: 0.5 for m in self.metrics}

    def fit(self, dataset, epochs, validation_data=None):
        rows = []
        for _ in range(epochs):
            for x, y in dataset:
                self.train_step(x, y)
            row = self.evaluate(dataset)
            if validation_data is not None:
                row |= {"val_" + name: value for name, value in self.evaluate(validation_data).items()}
            rows.append(row)
        return {name: [row[name] for row in rows] for name in rows[0]}
