"""The reference implementations: one documented answer to each challenge, on the TensorFlow of today."""
