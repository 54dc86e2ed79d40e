"""Training that learns: several seeds, and a bound that holds on a bad day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf


def over_seeds(train: Callable[[int], Any], seeds: Iterable[int]) -> list[Any]:
    """What `train(seed)` returned for each seed: usually predictions, so that the labels stay in checks.py.

    Keras's session is cleared and all generators are seeded before each. Two or three seeds are enough: the pool's
    sixteen come on top.
    """
    results = []
    for seed in seeds:
        tf.keras.backend.clear_session()
        tf.keras.utils.set_random_seed(seed)
        results.append(train(seed))
    return results


def accuracy(predictions: Any, labels: Any) -> float:
    """The share of right predictions. `predictions`: (N, C) scores, (N, 1) or (N,) probabilities of class 1, or (N,)
    integer classes; `labels`: (N,) or (N, 1) integers.
    """
    guesses, wanted = np.asarray(predictions), np.asarray(labels).reshape(-1)
    if guesses.ndim == 2 and guesses.shape[1] > 1:
        guesses = guesses.argmax(-1)
    elif guesses.dtype.kind == "f":
        guesses = guesses > 0.5
    return float(np.mean(guesses.reshape(-1) == wanted))


def r_squared(predictions: Any, targets: Any) -> float:
    """The share of the targets' variance that predictions explain: 1 is perfect, 0 what the mean reaches."""
    guesses = np.asarray(predictions, np.float64).reshape(-1)
    wanted = np.asarray(targets, np.float64).reshape(-1)
    return float(1.0 - np.sum((wanted - guesses) ** 2) / np.sum((wanted - wanted.mean()) ** 2))


def summary(scores: Sequence[float]) -> dict[str, float]:
    """{"worst", "median", "best"} of scores where more is better. Ask the median to be good and the worst to be fair:
    one unlucky start then costs nothing.
    """
    return {"worst": float(np.min(scores)), "median": float(np.median(scores)), "best": float(np.max(scores))}


def safe_bound(scores: Sequence[float], deviations: float = 5.0) -> float:
    """A lower bound that a right solution's score misses practically never: so many standard deviations below the
    mean of the scores of the reference (at least 8 of them, over seeds), and never above the worst.

    For the author, while writing: measure, round down, check that wrong solutions stay clearly below, and write the
    number into checks.py.
    """
    if len(scores) < 8:
        raise ValueError(f"expected at least 8 scores, received {len(scores)}")
    return float(min(np.mean(scores) - deviations * np.std(scores, ddof=1), np.min(scores)))
