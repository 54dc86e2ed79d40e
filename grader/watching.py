"""Seeing which functions really ran, however they were imported.

A code object belongs to one function body, whatever names point to it, so a profile hook that looks at code objects
finds a call of `Dense.call` through any alias. (Patching the method instead breaks Keras, which reads argument
lists.) The hook lives in the candidate's process and could be removed there: it says who removed it, and points never
hang on it alone.
"""

from __future__ import annotations

import inspect
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from types import CodeType, FrameType, TracebackType
from typing import Any

HOOK_REMOVED = "the profile hook was removed"


class CallWatch:
    """While entered, counts the calls of `functions` (name to function) on all threads that start inside."""

    def __init__(self, functions: Mapping[str, Callable[..., object]]) -> None:
        self._names = {_code_of(function): name for name, function in functions.items()}
        self._before: Any = None
        self.counts: Counter[str] = Counter()
        self.removed = False

    @property
    def ran(self) -> set[str]:
        """The names of the functions that ran."""
        return set(self.counts)

    def _hook(self, frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code in self._names:
            self.counts[self._names[frame.f_code]] += 1
        if self._before is not None:
            self._before(frame, event, argument)

    def __enter__(self) -> CallWatch:
        self._before = sys.getprofile()
        self._installed = self._hook  # one bound method: `is` must hold when it is looked for again
        if self._names:
            sys.setprofile(self._installed)
            threading.setprofile(self._installed)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trail: TracebackType | None
    ) -> None:
        if self._names:
            self.removed = sys.getprofile() is not self._installed
            sys.setprofile(self._before)
            threading.setprofile(self._before)


def _code_of(function: Callable[..., object]) -> CodeType:
    plain = inspect.unwrap(getattr(function, "__func__", function))
    code = getattr(plain, "__code__", None)
    if code is None:
        raise TypeError(f"expected a function written in Python, received {type(function).__name__}")
    return code
