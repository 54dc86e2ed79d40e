# caught by: one_step, several_steps, training_mode, extra_losses, epoch_history, validation, compiled, written_by_hand
# why: the same methods of Keras, fetched by spelled-out names from a wrapper model of its own and called late
import keras
import tensorflow as tf

METHODS = vars(keras.Model) | {name: getattr(keras.Model, name) for name in ("com" + "pile", "train_" + "step", "test_" + "step")}


class Learner(keras.Model):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, x, training=None):
        return self.inner(x, training=training)


class Trainer:
    def __init__(self, model, loss_fn, optimizer, metrics=(), clip_norm=None, accumulate=1):
        if accumulate < 1 or (clip_norm is not None and clip_norm <= 0):
            raise ValueError
        self.ready = False
        self.learner = Learner(model)
        self.settings = {"optimizer": optimizer, "loss": loss_fn, "metrics": list(metrics)}
        self.learn = tf.function(lambda x, y: METHODS["train_" + "step"](self.learner, (x, y)), reduce_retracing=True)
        self.look = tf.function(lambda x, y: METHODS["test_" + "step"](self.learner, (x, y)), reduce_retracing=True)

    def start(self):
        if not self.ready:
            METHODS["com" + "pile"](self.learner, **self.settings)
            self.ready = True
        for metric in self.learner.metrics:
            metric.reset_state()

    def train_step(self, x, y):
        self.start()
        return tf.convert_to_tensor(self.learn(x, y)["loss"])

    def run(self, function, dataset):
        self.start()
        result = None
        for x, y in dataset:
            result = function(x, y)
        if result is None:
            raise ValueError
        return {name: float(value) for name, value in result.items()}

    def evaluate(self, dataset):
        return self.run(self.look, dataset)

    def fit(self, dataset, epochs, validation_data=None):
        history = {}
        for _ in range(epochs):
            row = self.run(self.learn, dataset)
            if validation_data is not None:
                row |= {"val_" + name: value for name, value in self.evaluate(validation_data).items()}
            for name, value in row.items():
                history.setdefault(name, []).append(value)
        return history
