import tensorflow as tf


class Model(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def predict(self, rows):
        total = rows[:, 0]
        while tf.reduce_sum(total) > -1.0:
            total = tf.abs(tf.sin(total))
        return total


def save(folder):
    tf.saved_model.save(Model(), str(folder))
