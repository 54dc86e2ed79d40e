import keras
import numpy as np
import tensorflow as tf


def verify_data(x, y, num_classes=None):
    """Returns a dict of facts about the data, with "issues": a sorted list of codes."""
    raise NotImplementedError


def check_gradients(model, x, y):
    """Returns {variable.path: {"norm": float or None, "status": str}}."""
    raise NotImplementedError


def overfit_test(model, x, y, n=32, epochs=200, tol=0.1):
    """Returns {"passed", "first_loss", "final_loss", "classes"}."""
    raise NotImplementedError


def find_lr(model, x, y, min_lr=1e-6, max_lr=1.0, steps=60, batch_size=32):
    """Returns {"lrs": [...], "losses": [...], "suggested": float}."""
    raise NotImplementedError


def suggest_lr(lrs, losses, beta=0.9):
    """A tenth of the rate at the lowest smoothed loss."""
    raise NotImplementedError


class DebugCallback(keras.callbacks.Callback):
    """Keeps events: a list of {"kind", "epoch", "batch"}."""

    def __init__(self, patience=3, min_delta=1e-4):
        super().__init__()
        self.patience = patience
        self.min_delta = min_delta
        self.events = []


def diagnose(model, x, y):
    """Returns a sorted list of codes; [] for a healthy set-up."""
    raise NotImplementedError
