"""What a zygote imports before it forks, and the proof that forking is still safe.

Importing is all that may happen: after a single TensorFlow op there are thread pools, and a child that inherits those
without their threads hangs in its first large matmul.
"""

from __future__ import annotations

import gc
import importlib
from pathlib import Path

from grader.zygote import pages

RUNTIMES: dict[str, dict[str, str]] = {"keras3": {}, "keras2": {"TF_USE_LEGACY_KERAS": "1"}}
_MODULES = {
    "keras3": ("tensorflow", "keras", "scipy", "scipy.signal", "scipy.stats", "h5py"),
    "keras2": ("tensorflow", "tf_keras", "tensorflow_model_optimization", "scipy"),
}
_LAZY = (
    *(
        "keras.layers",
        "keras.models",
        "keras.losses",
        "keras.metrics",
        "keras.optimizers",
        "keras.callbacks",
        "keras.utils",
    ),
    *("autograph", "data", "distribute", "io", "lite", "nn", "saved_model", "summary", "train", "xla"),
)
_PROBES_NEED = ("grader.evidence", "grader.replaying", "grader.inside.scratching")  # a jail can't read them from disk
ENVIRONMENT = {
    # With oneDNN float16 einsum is wrong on some processors, and results differ between machines.
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",  # CUDA can't be forked
    "OPENBLAS_NUM_THREADS": "1",  # a thread pool made while importing would make forking unsafe
    "KERAS_BACKEND": "tensorflow",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LANG": "C.UTF-8",
}


class NotForkable(RuntimeError):
    """The zygote has threads or a TensorFlow runtime: a child of it could hang."""


def preload(runtime: str) -> None:
    """Import what the runtime's candidates use. Nothing is run."""
    for name in _MODULES[runtime]:
        importlib.import_module(name)
    tensorflow = importlib.import_module("tensorflow")
    for path in _LAZY:  # tf.keras and a few others are imported when they are first touched
        target = tensorflow
        for name in path.split("."):
            target = getattr(target, name)
        dir(target)
    for name in _PROBES_NEED:
        importlib.import_module(name)
    # Several traces of one function are the probes' doing, and no news for whoever reads the output of a sample.
    tensorflow.get_logger().setLevel("ERROR")
    gc.collect()
    gc.freeze()
    pages.collapse()


def assert_forkable() -> None:
    """Raise NotForkable when this process has more than one thread or has initialised TensorFlow's runtime."""
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        raise NotForkable(f"expected one thread before a fork, received {threads}")
    context = importlib.import_module("tensorflow.python.eager.context")
    current = context.context_safe()
    if current is not None and current._initialized:  # noqa: SLF001 - the public question, executing_eagerly, would initialise it
        raise NotForkable("expected an uninitialised eager context before a fork, received one that ran an op")
