import json

import keras
import numpy as np
import tensorflow as tf


def make_strategy(devices):
    """The strategy for a list of device names; None means the default strategy."""
    raise NotImplementedError


def batch_plan(strategy, per_replica_batch, base_learning_rate):
    """Returns {"replicas": int, "global_batch_size": int, "learning_rate": float}."""
    raise NotImplementedError


def make_distributed_dataset(strategy, x, y, per_replica_batch, *, shuffle=False, seed=None):
    """A distributed dataset of pairs (x, y): every example once an epoch, the smaller last batch kept."""
    raise NotImplementedError


class DistributedTrainer:
    """Trains on all replicas with the gradient that one device would have."""

    def __init__(self, strategy, build_model, build_optimizer):
        """Calls build_model() and build_optimizer() once each, in the strategy's scope."""
        raise NotImplementedError

    def train_step(self, dist_batch):
        """One optimizer step on the global batch. Returns its loss before the step, a scalar float32 tensor."""
        raise NotImplementedError

    def fit(self, dist_dataset, epochs):
        """Returns one float for each epoch: the mean of its step losses."""
        raise NotImplementedError

    def evaluate(self, dist_dataset):
        """Returns {"loss": float, "accuracy": float} over all examples."""
        raise NotImplementedError


def make_tf_config(cluster, task_type, index):
    """The JSON text for TF_CONFIG. Raises ValueError for what can't be."""
    raise NotImplementedError


def read_tf_config(text):
    """Returns {"cluster", "task_type", "index", "num_workers", "is_chief"}; None and "" are a single process."""
    raise NotImplementedError


def checkpoint_path(base_dir, config):
    """The folder that this task saves to."""
    raise NotImplementedError
