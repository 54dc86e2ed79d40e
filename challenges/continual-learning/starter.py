import numpy as np
import tensorflow as tf


class ReservoirBuffer:
    """A uniform random sample of all rows ever added."""

    def __init__(self, capacity, seed=None):
        self.seen = 0
        raise NotImplementedError

    def __len__(self):
        raise NotImplementedError

    def add(self, x, y):
        """Offer rows x (n, ...) with labels y (n,)."""
        raise NotImplementedError

    def sample(self, n):
        """Return min(n, len) different rows and their labels."""
        raise NotImplementedError


def diagonal_fisher(model, x, y):
    """Return the mean squared per-row gradient of -log p(y | x), one float32 array for each trainable variable."""
    raise NotImplementedError


def ewc_penalty(variables, anchors, fisher, lam):
    """Return lam / 2 * sum(fisher * (variable - anchor)**2) as a scalar tensor."""
    raise NotImplementedError


class OnlineLearner:
    """Learns batch by batch; attributes: model, buffer."""

    def __init__(self, model, optimizer=None, buffer_capacity=1000, replay_ratio=0.5, ewc_lambda=0.0, seed=None):
        raise NotImplementedError

    def update(self, x, y):
        """Train once on new and replayed rows; return their mean cross-entropy from before the step."""
        raise NotImplementedError

    def predict(self, x):
        """Return class ids (n,)."""
        raise NotImplementedError

    def consolidate(self, x, y):
        """From now on, hold on to the present weights."""
        raise NotImplementedError

    def save(self, folder):
        """Write everything that the future depends on."""
        raise NotImplementedError

    def load(self, folder):
        """Restore it, and return self."""
        raise NotImplementedError


def prequential(learner, batches):
    """Test on each batch, then train on it; return accuracy, losses and mean."""
    raise NotImplementedError
