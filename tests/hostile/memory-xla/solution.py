import tensorflow as tf

@tf.function(jit_compile=True)
def grow(x):
    return tf.stack([x + i for i in range(8)])

kept = []
while True:
    kept.append(grow(tf.ones((1000, 1000))))
