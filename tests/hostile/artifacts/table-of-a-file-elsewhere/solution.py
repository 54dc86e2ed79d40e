import tensorflow as tf


class Model(tf.Module):
    """A lookup table over a file that should have what it must not see; saving takes the file along."""

    def __init__(self):
        super().__init__()
        whole, number = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
        lines = tf.lookup.TextFileInitializer("/proc/self/cmdline", tf.string, whole, tf.int64, number)
        self.table = tf.lookup.StaticHashTable(lines, -1)

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def predict(self, rows):
        return tf.cast(self.table.lookup(tf.fill([64], "labels")), tf.float32)


def save(folder):
    tf.saved_model.save(Model(), str(folder))
