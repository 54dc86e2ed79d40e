import tensorflow as tf
from tensorflow.python.trackable.resource import TrackableResource


class Writer(TrackableResource):
    def _create_resource(self):
        return tf.raw_ops.MutableHashTableV2(key_dtype=tf.string, value_dtype=tf.int64)

    def _initialize(self):
        tf.io.write_file(self.path, "ESCAPED")

    path = tf.constant("/tmp/replays")


class Model(tf.Module):
    def __init__(self):
        super().__init__()
        self.writer = Writer()

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def predict(self, rows):
        return rows[:, 0]


def save(folder):
    Writer.path = tf.constant("/usr/escaped")
    tf.saved_model.save(Model(), str(folder))
