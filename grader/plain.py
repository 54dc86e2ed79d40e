"""Plain data: the only thing that a probe may hand over, and how it becomes bytes and back.

A plain tree is None, bool, int, float, str, bytes, a list, a dict with str or int keys, or a NumPy array of one of
`DTYPES`. Tensors and variables become arrays, tuples become lists. Arrays travel as (dtype name, shape, raw bytes):
no pickle, no .npy header, no object arrays, and no subclass survives the journey. Loaded inside jails only, where
TensorFlow already is.
"""

from __future__ import annotations

from typing import Any

import ml_dtypes
import msgspec
import numpy as np

from grader import survey

DTYPES: dict[str, np.dtype[Any]] = {
    name: np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
} | {"bfloat16": np.dtype(ml_dtypes.bfloat16)}
MAX_DEPTH = 32
MAX_NODES = 200_000
MAX_BYTES = 32 * 1024 * 1024
_ARRAY = 1
_LEAVES = (type(None), bool, int, float, str, bytes, np.ndarray)


class NotPlain(TypeError):
    """A value that is not plain data. The message says where it is, what was expected and what was received."""


class Malformed(ValueError):
    """Bytes that are no plain tree."""


def dump(value: object) -> bytes:
    """The bytes of a plain tree. Raises NotPlain for anything else, and for more than MAX_BYTES."""
    body = msgspec.msgpack.encode(_Walk().simple(value, "observations", 0))
    if len(body) > MAX_BYTES:
        raise NotPlain(f"observations: expected at most {MAX_BYTES} bytes of data, received {len(body)}")
    return body


def load(body: bytes) -> Any:
    """The tree that `dump` wrote. Raises Malformed for bytes that it could not have written."""
    if not body:
        return {}
    if not survey.within(body, 2 * MAX_NODES):  # keys and values
        raise Malformed(f"expected at most {MAX_NODES} values, received more")
    try:
        tree = msgspec.msgpack.decode(body, ext_hook=_array_from)
    except (msgspec.MsgspecError, RecursionError, ArithmeticError, ValueError, TypeError, KeyError) as error:
        raise Malformed(f"expected a plain tree, received {len(body)} bytes that are none: {error}") from error
    _measure(tree)
    return tree


class _Walk:
    """Turns live values into what msgpack can carry, counting as it goes."""

    def __init__(self) -> None:
        self._nodes = 0

    def simple(self, value: object, where: str, depth: int) -> object:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise NotPlain(f"{where}: expected at most {MAX_DEPTH} levels and {MAX_NODES} values, received more")
        if value is None or type(value) in (bool, int, float, str, bytes):
            return value
        if isinstance(value, list | tuple):
            return [self.simple(item, f"{where}[{i}]", depth + 1) for i, item in enumerate(value)]
        if isinstance(value, dict):
            return {
                _key(key, where): self.simple(item, f"{where}[{key!r}]", depth + 1)
                for key, item in value.items()  # one walk: a dict of the candidate's own class may answer anything
            }
        array = _as_array(value, where)
        if array.dtype.kind in "OUS" and all(type(item) in (str, bytes) for item in array.ravel().tolist()):
            return self.simple(array.tolist(), where, depth + 1)  # a tensor of strings
        name = array.dtype.name
        if name not in DTYPES:
            raise NotPlain(f"{where}: expected an array of numbers, received the dtype {name[:60]}")
        content = (name, list(array.shape), np.ascontiguousarray(array).tobytes())
        return msgspec.msgpack.Ext(_ARRAY, msgspec.msgpack.encode(content))


def _key(key: object, where: str) -> str | int:
    if type(key) is str or type(key) is int:
        return key
    raise NotPlain(f"{where}: expected str or int keys, received a key of type {type(key).__name__[:60]}")


def _as_array(value: object, where: str) -> np.ndarray[Any, Any]:
    """The array behind an ndarray, a NumPy scalar, an eager tensor or a variable."""
    if isinstance(value, np.ndarray | np.generic):
        return np.asarray(value).view(np.ndarray) if isinstance(value, np.ndarray) else np.asarray(value)
    numpy = getattr(value, "numpy", None)
    if numpy is None or not hasattr(value, "shape"):
        raise NotPlain(f"{where}: expected a tensor, an array or plain data, received {describe(value)}")
    try:
        array = np.asarray(numpy())
    except (NotImplementedError, AttributeError, TypeError, ValueError) as error:
        raise NotPlain(f"{where}: expected a tensor with a value, received {describe(value)}") from error
    return array


def describe(value: object) -> str:
    """A few words on a value that are safe to show: its type, never its own repr."""
    if isinstance(value, type):
        return f"the class {value.__name__[:60]}"
    if callable(value):
        return f"the function {getattr(value, '__name__', '?')!s:.60}" if hasattr(value, "__code__") else "a callable"
    return f"an object of type {type(value).__name__[:60]}"


def _array_from(code: int, data: memoryview) -> np.ndarray[Any, Any]:
    if code != _ARRAY:
        raise Malformed(f"expected the extension {_ARRAY}, received {code}")
    name, shape, raw = msgspec.msgpack.decode(data, type=tuple[str, list[int], bytes])
    dtype = DTYPES[name]
    if len(shape) > MAX_DEPTH or any(size < 0 for size in shape):
        raise Malformed("expected a shape of axes that are not negative")
    expected = dtype.itemsize
    for size in shape:
        expected *= size
    if expected != len(raw):
        raise Malformed(f"expected {expected} bytes for the shape, received {len(raw)}")
    return np.frombuffer(raw, dtype=dtype).reshape(shape)


def _measure(tree: object) -> None:
    """Refuse trees that are too deep or too wide, other types than those above, and keys that are no str or int."""
    todo, seen = [(tree, 0)], 0
    while todo:
        node, depth = todo.pop()
        seen += 1
        if depth > MAX_DEPTH or seen > MAX_NODES:
            raise Malformed(f"expected at most {MAX_DEPTH} levels and {MAX_NODES} values")
        if isinstance(node, list):
            todo += [(item, depth + 1) for item in node]
        elif isinstance(node, dict):
            if not all(type(key) in (str, int) for key in node):
                raise Malformed("expected str or int keys")
            todo += [(item, depth + 1) for item in node.values()]
        elif type(node) not in _LEAVES:
            raise Malformed(f"expected plain data, received {type(node).__name__}")  # msgpack knows dates
