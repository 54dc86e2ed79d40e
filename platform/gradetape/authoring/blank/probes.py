"""What is tried. This file goes into the candidate's jail: it looks, and checks.py decides."""

import tensorflow as tf

from grader.probing import f32, probe


def scales(rng, rows):
    """Of both signs under every seed: submissions/rejected/positive.py must never get through by luck."""
    drawn = abs(f32(rng, rows))
    drawn[0] = -drawn[0]
    return tf.constant(drawn)


@probe("rows")
def rows(solution, rng):
    """Three rows, two columns."""
    return {"output": solution.scale_rows(tf.constant(f32(rng, 3, 2)), scales(rng, 3))}


@probe("square")
def square(solution, rng):
    """Here a wrong axis gives no error."""
    return {"output": solution.scale_rows(tf.constant(f32(rng, 4, 4)), scales(rng, 4))}


@probe("dtype")
def dtype(solution, rng):
    """Double precision in, double precision out."""
    x, by = tf.constant(rng.normal(size=(2, 3))), tf.constant(rng.normal(size=2))
    return {"output": solution.scale_rows(x, by)}
