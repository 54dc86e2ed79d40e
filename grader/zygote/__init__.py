"""The zygote: a process with TensorFlow imported that only accepts, forks and reaps; and how the worker asks it."""
