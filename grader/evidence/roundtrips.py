"""Saved and loaded again, in the same process. (A file that must load where the candidate's code isn't: hand it over
with `grader.probing.artifact` and load it in a replay.)
"""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

import tensorflow as tf

from grader.probing import scratch


def through_file(model: Any, custom_objects: dict[str, Any] | None = None, suffix: str = ".keras") -> Any:
    """The model, saved to a file and loaded. Without `custom_objects` what the solution defines has to be registered.

    `suffix`: ".keras"; in keras2 also ".h5", and "" for the folder format. (Keras 3 can't load a compiled ".h5".)
    """
    path = scratch() / f"model{suffix}"
    model.save(str(path))
    return tf.keras.models.load_model(str(path), custom_objects=custom_objects)


def through_saved_model(model: Any) -> Any:
    """What `tf.saved_model.load` makes of a model that was exported, or of a `tf.Module` that was saved."""
    path = str(scratch() / "exported")
    if isinstance(model, tf.keras.Model):
        with contextlib.redirect_stdout(io.StringIO()):  # Keras prints the signature
            model.export(path)
    else:
        tf.saved_model.save(model, path)
    return tf.saved_model.load(path)


def serve(loaded: Any, *inputs: Any, signature: str = "serving_default") -> dict[str, Any]:
    """Call a signature of a loaded SavedModel with inputs in the order of their names, as arrays. Returns outputs by
    name.
    """
    function = loaded.signatures[signature]
    specs = function.structured_input_signature[1]
    if len(specs) != len(inputs):
        raise ValueError(f"expected {len(specs)} inputs ({', '.join(sorted(specs))}), received {len(inputs)}")
    fed = {name: tf.cast(value, specs[name].dtype) for name, value in zip(sorted(specs), inputs, strict=True)}
    return dict(function(**fed))


def through_config(thing: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """A new object from `get_config()`, which has to survive being written as JSON. The weights are new."""
    config = json.loads(json.dumps(thing.get_config()))
    with tf.keras.utils.custom_object_scope(custom_objects or {}):
        return type(thing).from_config(config)


def state_of(model: Any) -> dict[str, Any]:
    """All that a model has learned, as copies: {"weights": arrays, also the non-trainable, "optimizer": arrays, or
    None when it isn't compiled, "iterations": steps taken}.
    """
    optimizer = getattr(model, "optimizer", None)
    variables = getattr(optimizer, "variables", None)
    kept = variables() if callable(variables) else variables
    return {
        "weights": model.get_weights(),
        "optimizer": None if optimizer is None else [variable.numpy() for variable in kept or []],
        "iterations": None if optimizer is None else int(optimizer.iterations.numpy()),
    }
