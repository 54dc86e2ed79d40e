"""Seeing which functions really ran, however they were imported.

A function object is one, whatever names point to it, and what it runs is its `__code__`. While it is watched that
code is a stand-in with the same parameters, which counts and calls the original. (Patching the name instead would
miss other imports, and breaks Keras where it reads argument lists; a profile hook costs up to as much again as the
work it watches.)

The stand-in lives in the candidate's process and could be taken out there. That is noticed, and points never hang on
the watch alone.
"""

from __future__ import annotations

import inspect
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache, partial
from types import CodeType, FunctionType, TracebackType
from typing import Any

WATCH_REMOVED = "the watch was removed"
_PLACE = "gradetape: the original"


class CallWatch:
    """While entered, counts the calls of `functions` (name to function).

    Raises TypeError for one not written in Python.
    """

    def __init__(self, functions: Mapping[str, Callable[..., object]]) -> None:
        self._functions = {name: _function(function) for name, function in functions.items()}
        self._codes: dict[str, tuple[CodeType, CodeType]] = {}
        self._tampered = False
        self.counts: Counter[str] = Counter()

    @property
    def ran(self) -> set[str]:
        """The names of the functions that ran."""
        return set(self.counts)

    @property
    def removed(self) -> bool:
        """Whether somebody took a stand-in out, or ran an original behind its back."""
        return self._tampered or any(
            self._functions[name].__code__ is not watched for name, (_, watched) in self._codes.items()
        )

    def __enter__(self) -> CallWatch:
        for name, function in self._functions.items():
            watched = _watched(function, partial(self.counts.update, (name,)))
            self._codes[name] = (function.__code__, watched)
            function.__code__ = watched
        _active.append(self)
        _install_hook()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trail: TracebackType | None
    ) -> None:
        _active.remove(self)
        for name, (original, _) in reversed(self._codes.items()):
            self._functions[name].__code__ = original
        self._codes.clear()

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take note of code that is exchanged on a watched function, or used in a new one."""
        if event == "object.__setattr__" and arguments[1] == "__code__":
            self._tampered |= any(arguments[0] is function for function in self._functions.values())
        elif event == "function.__new__":
            self._tampered |= any(arguments[0] is original for original, _ in self._codes.values())


_active: list[CallWatch] = []


@cache
def _install_hook() -> None:
    """One hook for the life of the process; without an active watch it does nothing."""
    sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    for watch in tuple(_active):
        watch.audit(event, arguments)


def _function(function: Callable[..., object]) -> FunctionType:
    plain = inspect.unwrap(getattr(function, "__func__", function))
    if not isinstance(plain, FunctionType):
        raise TypeError(f"expected a function written in Python, received {type(function).__name__}")
    return plain


def _watched(function: FunctionType, count: Callable[[], None]) -> CodeType:
    """Code with the parameters of `function` that counts, and then runs the original with what it was given."""
    code = function.__code__
    original = FunctionType(code, function.__globals__, code.co_name, function.__defaults__, function.__closure__)
    original.__kwdefaults__ = function.__kwdefaults__

    def call(*args: Any, **kwargs: Any) -> Any:
        count()
        return original(*args, **kwargs)

    stand_in = _stand_in(code)
    constants = tuple(call if constant == _PLACE else constant for constant in stand_in.co_consts)
    return stand_in.replace(
        co_consts=constants,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
        co_filename=code.co_filename,
        co_firstlineno=code.co_firstlineno,
    )


def _stand_in(code: CodeType) -> CodeType:
    """A compiled function with the parameters of `code`, and as many cells, that hands everything to a constant."""
    names = iter(code.co_varnames)
    positional = [next(names) for _ in range(code.co_argcount)]
    keyword = [next(names) for _ in range(code.co_kwonlyargcount)]
    rest = next(names) if code.co_flags & inspect.CO_VARARGS else None
    extra = next(names) if code.co_flags & inspect.CO_VARKEYWORDS else None
    only = code.co_posonlyargcount
    parameters = [*positional[:only], *(["/"] if only else []), *positional[only:]]
    parameters += [f"*{rest}"] if rest else ["*"] if keyword else []
    parameters += [*keyword, *([f"**{extra}"] if extra else [])]
    handed = [*positional, *([f"*{rest}"] if rest else []), *(f"{name}={name}" for name in keyword)]
    handed += [f"**{extra}"] if extra else []
    cells = [f"cell_{index}_" for index in range(len(code.co_freevars))]
    lines = [
        "def make():",
        f"    {' = '.join([*cells, 'None'])}" if cells else "    pass",
        f"    def stand_in({', '.join(parameters)}):",
        f"        if False: {', '.join(cells) or 'pass'}",
        f"        return {_PLACE!r}({', '.join(handed)})",
        "    return stand_in",
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # a constant that is called: it is replaced before it runs
        module = compile("\n".join(lines), "<watch>", "exec")
    make = next(constant for constant in module.co_consts if isinstance(constant, CodeType))
    return next(constant for constant in make.co_consts if isinstance(constant, CodeType))
