import numpy as np
import tensorflow as tf

PAD = 0.0  # a float that no step of real data is made of: all data lie within -1000..1000, and 0.0 is data


def generate_sequences(n_samples, seq_length, seed=0):
    """Return x (n_samples, seq_length, 1), standard normal, and y (n_samples, 1), the sums. NumPy, float32."""
    raise NotImplementedError


def pad_batch(sequences, value):
    """Return sequences (T_i, F) as one float32 array (N, T, F), filled up with `value` after each."""
    raise NotImplementedError


def lstm_forward(x, kernel, recurrent_kernel, bias, mask=None):
    """Return all outputs (B, T, U) and the last h and c (B, U). Gates: input, forget, candidate, output."""
    raise NotImplementedError


def build_model(kind, units=(64, 32), features=1, mask_value=None):
    """Return a compiled model of kind "lstm", "gru" or "bilstm" for (batch, any number of steps, features)."""
    raise NotImplementedError


def train(kind, sequences, targets, seed=0):
    """Return a model trained on a list of (T_i, F) arrays and targets (N, 1)."""
    raise NotImplementedError


def predict(model, sequences):
    """Return predictions (N, 1), each of which depends on its own sequence alone."""
    raise NotImplementedError
