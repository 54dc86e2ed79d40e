import keras
import numpy as np
import tensorflow as tf


def enable_memory_growth():
    """Turn memory growth on for every GPU. Returns for how many that worked."""
    raise NotImplementedError


def largest_batch(try_step, low=1, high=1024):
    """The largest n in [low, high] for which try_step(n) doesn't run out of memory; 0 if there is none."""
    raise NotImplementedError


def build_mixed_precision_model(input_shape, num_classes):
    """Conv 32, max pooling, conv 64, global average pooling, softmax: float16 inside, float32 variables and output."""
    raise NotImplementedError


class LossScaler:
    """Dynamic loss scaling for models that compute in float16."""

    def __init__(self, initial=2.0**15, factor=2.0, growth_steps=2000):
        self.scale = initial

    def gradients(self, model, loss_fn, x, y):
        """Returns (loss, gradients), both unscaled."""
        raise NotImplementedError

    def step(self, model, optimizer, loss_fn, x, y):
        """Returns whether the step was taken."""
        raise NotImplementedError


def train_with_accumulation(model, optimizer, loss_fn, dataset, accumulation_steps, epochs=1):
    """One optimizer step for each group of micro-batches. Returns one mean loss for each step."""
    raise NotImplementedError


def checkpointed(block):
    """The same block, with its activations computed again in the backward pass."""
    raise NotImplementedError


def stream_batches(paths, batch_size, load_fn, *, drop_remainder=False):
    """Yields batches of exactly batch_size rows, across the borders of files."""
    raise NotImplementedError


def stream_dataset(paths, batch_size, load_fn, row_shape, dtype, *, drop_remainder=False):
    """The same as a tf.data.Dataset that can be looped over again."""
    raise NotImplementedError
