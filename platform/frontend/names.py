# ruff: noqa: INP001
"""Writes the names that the editor completes: those of TensorFlow, Keras and NumPy, as they are installed here.

    .venv/bin/python platform/frontend/names.py           writes platform/gradetape/static/names.json
    .venv/bin/python platform/frontend/names.py --check   exits with 1 when that file is not what it would write

The file maps a module or a class to its names. Each is one text: a letter for its kind (c class, f function, m module,
v value), the name, and for what can be called its arguments. `aliases` are modules under a second name.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

FILE = Path(__file__).resolve().parent.parent / "gradetape" / "static" / "names.json"
ALIASES = {"tensorflow.keras": "keras"}
MODULES = {
    "numpy": ["", "fft", "linalg", "random", "testing"],
    "keras": [
        "", "activations", "applications", "backend", "callbacks", "config", "constraints", "datasets",
        "distribution", "dtype_policies", "export", "initializers", "layers", "losses", "metrics", "mixed_precision",
        "models", "ops", "optimizers", "optimizers.schedules", "preprocessing", "quantizers", "random",
        "regularizers", "saving", "tree", "utils",
    ],
    "tensorflow": [
        "", "audio", "autodiff", "autograph", "bitwise", "config", "config.experimental", "data", "data.experimental",
        "debugging", "distribute", "dtypes", "errors", "experimental", "image", "io", "io.gfile", "linalg", "lite",
        "lookup", "lookup.experimental", "math", "nn", "quantization", "queue", "ragged", "random", "saved_model",
        "sets", "signal", "sparse", "strings", "summary", "sysconfig", "test", "train", "types", "version", "xla",
    ],
}  # fmt: skip
# What is subclassed or held so often that its members are worth naming.
CLASSES = [
    "numpy.ndarray", "numpy.random.Generator", "keras.Model", "keras.Sequential", "keras.Variable",
    "keras.callbacks.Callback", "keras.constraints.Constraint", "keras.initializers.Initializer",
    "keras.layers.Layer", "keras.losses.Loss", "keras.metrics.Metric", "keras.metrics.Mean",
    "keras.optimizers.Optimizer", "keras.optimizers.schedules.LearningRateSchedule",
    "keras.regularizers.Regularizer", "keras.utils.PyDataset", "tensorflow.GradientTape", "tensorflow.Module",
    "tensorflow.RaggedTensor", "tensorflow.SparseTensor", "tensorflow.Tensor", "tensorflow.TensorArray",
    "tensorflow.TensorShape", "tensorflow.TensorSpec", "tensorflow.Variable", "tensorflow.data.Dataset",
    "tensorflow.data.Options", "tensorflow.train.Checkpoint", "tensorflow.train.CheckpointManager",
    "tensorflow.train.Example", "tensorflow.train.Feature", "tensorflow.distribute.Strategy",
]  # fmt: skip
LONGEST_DEFAULT = 20
LONGEST_SIGNATURE = 140


def module_names() -> Iterator[str]:
    for root, inner in MODULES.items():
        yield from (f"{root}.{name}" if name else root for name in inner)


def listing(holder: object, path: str, modules: set[str]) -> list[str]:
    """The public names of a module or a class; modules only where they are listed as well."""
    found = []
    for name in sorted(set(getattr(holder, "__all__", None) or dir(holder))):
        if name.startswith("_"):
            continue
        try:
            value = inspect.getattr_static(holder, name) if inspect.isclass(holder) else getattr(holder, name)
        except AttributeError:
            continue
        inner = f"{path}.{name}"
        if isinstance(value, ModuleType) and inner not in modules:
            continue
        found.append(entry(name, getattr(value, "__func__", value), in_class=inspect.isclass(holder)))
    return found


def entry(name: str, value: object, *, in_class: bool) -> str:
    if isinstance(value, ModuleType):
        return f"m{name}"
    if inspect.isclass(value):
        return f"c{name}" if issubclass(value, enum.Enum) else f"c{name}{signature(value, in_class=False)}"
    if callable(value):
        return f"f{name}{signature(value, in_class=in_class)}"
    return f"v{name}"


def signature(value: object, *, in_class: bool) -> str:
    """The arguments without annotations and with short defaults; "()" where Python cannot tell them."""
    inputs = getattr(value, "nin", 0)
    if isinstance(inputs, int) and inputs:
        # All ufuncs of NumPy take the same dozen of options: the usual ones say enough.
        return "(" + ", ".join(f"x{n + 1}" for n in range(inputs)) + ", out=None, where=True, dtype=None)"
    try:
        parameters = list(inspect.signature(value).parameters.values())  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return "()"
    if in_class and parameters and parameters[0].name in {"self", "cls"}:
        parameters = parameters[1:]
    shown = [shortened(one) for one in parameters if not one.name.startswith("_")]
    try:
        text = str(inspect.Signature(shown))
    except ValueError:
        text = "(" + ", ".join(one.name for one in shown) + ")"
    return text if len(text) <= LONGEST_SIGNATURE else f"{text[: LONGEST_SIGNATURE - 3].rsplit(',', 1)[0]}, …)"


class Raw(str):
    """A default that is written as it stands."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def shortened(parameter: inspect.Parameter) -> inspect.Parameter:
    plain = parameter.replace(annotation=inspect.Parameter.empty)
    if parameter.default is inspect.Parameter.empty:
        return plain
    text = repr(parameter.default)
    long = len(text) > LONGEST_DEFAULT or "<" in text
    return plain.replace(default=Raw("…" if long else text))


def names() -> str:
    modules = {*module_names(), *ALIASES}
    found = {path: listing(importlib.import_module(path), path, modules) for path in MODULES}
    for path in module_names():
        if path not in found:
            found[path] = listing(resolved(path), path, modules)
    for path in CLASSES:
        found[path] = listing(resolved(path), path, modules)
    versions = {root: importlib.import_module(root).__version__ for root in MODULES}
    told = {"versions": versions, "aliases": ALIASES, "names": found}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def resolved(path: str) -> object:
    """What a dotted path leads to; TensorFlow's public modules are attributes more than files."""
    root, *inner = path.split(".")
    value: object = importlib.import_module(root)
    for name in inner:
        value = getattr(value, name)
    return value


def main(check: bool) -> int:
    text = names()
    if check:
        return int(not FILE.exists() or FILE.read_text(encoding="utf-8") != text)
    FILE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
