import time

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot


def quantize(model, mode, representative_data=None):
    """Return a TFLite file as bytes; mode is "dynamic", "float16" or "int8"."""
    raise NotImplementedError


def run_tflite(model_bytes, x):
    """Run a file of one input and one output on real-valued rows and return float32 rows."""
    raise NotImplementedError


def prune(model, x, y, final_sparsity=0.5, epochs=2, batch_size=32):
    """Return a fine-tuned plain copy with final_sparsity zeros in every kernel; leave the model as it was."""
    raise NotImplementedError


class FastPredictor:
    """Inference in batches of one shape, compiled by XLA."""

    def __init__(self, model, batch_size=256):
        raise NotImplementedError

    def predict(self, x):
        """Return float32 outputs for any number of rows."""
        raise NotImplementedError


def distillation_loss(y_true, student_logits, teacher_logits, temperature=2.0, alpha=0.5):
    """Return alpha * CE + (1 - alpha) * T**2 * KL(teacher || student), averaged over the rows."""
    raise NotImplementedError


def benchmark(fn, warmup=3, repeats=20, clock=time.perf_counter):
    """Return {"mean", "min", "p50", "p95", "calls"} of the timed calls."""
    raise NotImplementedError
