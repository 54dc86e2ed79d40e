"""What verdicts depend on besides the submission and the challenge: versions of libraries, and the engine itself."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from grader import VERSION

_HERE = Path(__file__).resolve().parent
_LIBRARIES = {"keras3": ("tensorflow", "keras", "numpy"), "keras2": ("tensorflow", "tf-keras", "numpy")}
_FURTHER = {"keras3": ("scipy",), "keras2": ("tensorflow-model-optimization", "scipy")}
# What stands around the engine and decides no verdict.
_AROUND = {"cli", "doctor", "bundles", "mutants"}


def libraries(runtime: str) -> dict[str, str]:
    """The libraries that a validation is bound to, and their versions."""
    return {name: version(name) for name in _LIBRARIES[runtime]}


@cache
def surroundings(runtime: str) -> dict[str, str]:
    """All that a verdict of this process is bound to; what is not installed here is left out."""
    found = {"gradetape": VERSION, "engine": engine_digest()[:12], "python": platform.python_version()}
    for name in (*_LIBRARIES[runtime], *_FURTHER[runtime]):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@cache
def engine_digest() -> str:
    """SHA-256 over the engine's sources, in hex."""
    total = hashlib.sha256()
    for path in sorted(_HERE.rglob("*.py")):
        if _AROUND.isdisjoint(path.relative_to(_HERE).parts):
            total.update(path.relative_to(_HERE.parent).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()
