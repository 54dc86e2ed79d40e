import tensorflow as tf


class Model(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def predict(self, rows):
        many = tf.fill([1024, 1024, tf.shape(rows)[0] * 16], tf.reduce_sum(rows) + 1.0)
        return tf.linalg.diag_part(tf.reduce_mean(many, axis=0))[:64] + many[0, :64, 0]


def save(folder):
    tf.saved_model.save(Model(), str(folder))
