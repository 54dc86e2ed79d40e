# caught by: one_step, several_steps, training_mode, extra_losses, frozen_and_unused, epoch_history, validation, compiled, written_by_hand, clipping, accumulation, accumulation_in_fit, bad_arguments
# why: compile, train_on_batch, fit and evaluate of Keras behind the wanted interface
import tensorflow as tf


class Trainer:
    def __init__(self, model, loss_fn, optimizer, metrics=(), clip_norm=None, accumulate=1):
        if accumulate < 1 or (clip_norm is not None and clip_norm <= 0):
            raise ValueError
        if clip_norm is not None:
            optimizer.global_clipnorm = clip_norm
        if accumulate > 1:
            optimizer.gradient_accumulation_steps = accumulate
        self.model = model
        self.names = [metric.name for metric in metrics]
        model.compile(optimizer=optimizer, loss=loss_fn, metrics=list(metrics))

    def train_step(self, x, y):
        result = self.model.train_on_batch(x, y)
        return tf.constant(result[0] if isinstance(result, list) else result, tf.float32)

    def batches(self, dataset):
        dataset = list(dataset)
        if not dataset:
            raise ValueError
        x, y = (tf.concat(column, axis=0) for column in zip(*dataset))
        return x, y, len(dataset[0][0])

    def evaluate(self, dataset):
        x, y, size = self.batches(dataset)
        result = self.model.evaluate(x, y, batch_size=size, verbose=0, return_dict=True)
        return {name: float(value) for name, value in result.items()}

    def fit(self, dataset, epochs, validation_data=None):
        x, y, size = self.batches(dataset)
        more = {}
        if validation_data is not None:
            x_val, y_val, _ = self.batches(validation_data)
            more["validation_data"] = (x_val, y_val)
        history = self.model.fit(x, y, batch_size=size, epochs=epochs, shuffle=False, verbose=0, **more)
        return {name: [float(value) for value in values] for name, values in history.history.items()}
