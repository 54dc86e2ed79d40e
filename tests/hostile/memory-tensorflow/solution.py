import tensorflow as tf
kept = []
while True:
    kept.append(tf.random.normal((2000, 2000)))
