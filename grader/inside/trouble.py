"""Exceptions of candidate code, told so that a person can act on them."""

from __future__ import annotations

import traceback
from types import TracebackType

from grader.artifacts import ArtifactRefused
from grader.inside.contract import ContractBroken
from grader.jail.bubblewrap import WORK
from grader.plain import NotPlain
from grader.protocol import MAX_TEXT, Trouble

SOLUTION_FILE = f"{WORK}/solution.py"
_MAX_MESSAGE = 1500
_MAX_TRAIL = 3500
_LIBRARY_ERRORS = ("tensorflow.", "keras.", "numpy.", "builtins")


def trouble_of(error: BaseException) -> Trouble:
    """What happened, in which line of the candidate's file, and the trail through that file."""
    if isinstance(error, SyntaxError) and error.filename == SOLUTION_FILE:
        return Trouble(kind=_kind(error), text=_cut(error.msg or "invalid syntax", _MAX_MESSAGE), line=error.lineno)
    if isinstance(error, ContractBroken):
        return Trouble(kind="Contract", text=_cut(str(error), _MAX_MESSAGE), line=error.line)
    if isinstance(error, NotPlain):
        return Trouble(kind="Answer", text=_cut(f"The answer can't be read. {error}", _MAX_MESSAGE))
    if isinstance(error, ArtifactRefused):
        return Trouble(kind="Artifact", text=_cut(f"What is handed over is refused: {error}", _MAX_MESSAGE))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == SOLUTION_FILE]
    return Trouble(
        kind=_kind(error),
        text=_cut(_message(error), _MAX_MESSAGE),
        line=frames[-1].lineno if frames else None,
        trail=_cut("".join(traceback.format_list(frames)), _MAX_TRAIL),
        memory=isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError",
    )


def frame_of_probe(trail: TracebackType | None, probes_file: str) -> bool:
    """Whether the innermost frame is the probe itself: the call did not even get into the candidate's function."""
    frames = traceback.extract_tb(trail)
    return bool(frames) and frames[-1].filename == probes_file


def _kind(error: BaseException) -> str:
    """The exception's class name, if it comes from Python or a library; one that the candidate made up could carry
    data.
    """
    kind = type(error)
    for base in kind.__mro__:
        if (base.__module__ + ".").startswith(_LIBRARY_ERRORS):
            return base.__name__ if base is kind else f"{base.__name__} (own subclass)"
    return "exception"


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - the candidate's own __str__ may do anything
        return "(its message can't be read)"


def _cut(text: str, limit: int) -> str:
    """`text` as valid UTF-8, with its middle left out where it is too long."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    limit = min(limit, MAX_TEXT // 2)
    return text if len(text) <= limit else f"{text[: limit // 2]} […] {text[-limit // 2 :]}"
