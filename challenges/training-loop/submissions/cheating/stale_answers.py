# caught by: training_mode, extra_losses, epoch_history, validation, accumulation
# why: evaluations and histories are made up from the losses of the last steps instead of being measured
import tensorflow as tf


class Trainer:
    def __init__(self, model, loss_fn, optimizer, metrics=(), clip_norm=None, accumulate=1):
        if accumulate < 1 or (clip_norm is not None and clip_norm <= 0):
            raise ValueError
        self.names = [metric.name for metric in metrics]
        self.last = 0.7

        @tf.function(reduce_retracing=True)
        def step(x, y):
            with tf.GradientTape() as tape:
                loss = tf.add_n([loss_fn(y, model(x, training=True))] + model.losses)
            gradients = tape.gradient(loss, model.trainable_variables)
            pairs = [(g, v) for g, v in zip(gradients, model.trainable_variables) if g is not None]
            if clip_norm is not None:
                clipped, _ = tf.clip_by_global_norm([g for g, _ in pairs], clip_norm)
                pairs = [(g, v) for g, (_, v) in zip(clipped, pairs)]
            optimizer.apply_gradients(pairs)
            return loss

        self.step = step

    def train_step(self, x, y):
        loss = self.step(x, y)
        self.last = float(loss)
        return loss

    def evaluate(self, dataset):
        if not list(dataset):
            raise ValueError
        return {"loss": self.last} | {name: self.last / 2 for name in self.names}

    def fit(self, dataset, epochs, validation_data=None):
        rows = []
        for _ in range(epochs):
            for x, y in dataset:
                self.train_step(x, y)
            row = self.evaluate(dataset)
            if validation_data is not None:
                row |= {"val_" + name: value * 1.1 for name, value in row.items()}
            rows.append(row)
        return {name: [row[name] for row in rows] for name in rows[0]}
