"""What is tried of the layer."""

import tensorflow as tf

from grader.probing import f32, probe


def pair(rng, *shape):
    return [tf.constant(f32(rng, *shape)), tf.constant(f32(rng, *shape))]


@probe("pairs")
def pairs(solution, rng):
    """As many pairs as dimensions: a wrong axis gives no error."""
    return {"cosine": solution.CosineSimilarity()(pair(rng, 4, 4))}


@probe("any_rank")
def any_rank(solution, rng):
    """Three axes, each of another length."""
    return {"cosine": solution.CosineSimilarity()(pair(rng, 2, 3, 5))}


@probe("config")
def config(solution, rng):
    """Made again from its own configuration."""
    layer = solution.CosineSimilarity(epsilon=float(rng.uniform(0.1, 0.4)))
    again = solution.CosineSimilarity.from_config(layer.get_config())
    return {"epsilon": layer.get_config()["epsilon"], "again": again.get_config()["epsilon"]}
