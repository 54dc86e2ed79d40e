"""The process that decides cases: an author's checks, or the comparison with the reference, in a jail of their own.

It never shares a process with candidate code. What it gets from the candidate is opened by `grader.plain`, which
believes nothing.
"""

from __future__ import annotations

import math
import socket
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import numpy as np

from grader import checking, frames, plain
from grader.checking import Registry
from grader.comparing import compare
from grader.diagnosis import Mismatch
from grader.frames import FrameReader
from grader.inside import engaging
from grader.jail.bubblewrap import WORK
from grader.protocol import ChecksLoaded, Compare, Compared, FromChecker, LoadChecks, Prepare, Prepared, Side, ToChecker

_FOLDER = Path(WORK) / "secret"
_CHECKS_FILE = Path(WORK) / "checks.py"
_UNREADABLE = "What the solution's process sent is not readable data."


def main(channel: socket.socket) -> None:
    """Serve one worker until it closes the channel."""
    reader: FrameReader[ToChecker] = FrameReader(ToChecker)
    registry = checking.registry
    if not engaging.wait(reader, channel):
        return
    while (request := reader.read(channel)) is not None:
        answer: FromChecker
        if isinstance(request, LoadChecks):
            answer = _load(request, registry)
        elif isinstance(request, Prepare):
            answer = _prepare(request, registry)
        elif isinstance(request, Compare):
            answer = _decide(request, registry)
        else:
            return
        frames.send(channel, answer)


def _load(request: LoadChecks, registry: Registry) -> ChecksLoaded:
    registry.secret_folder = _FOLDER
    for name, content in request.secret_files.items():
        path = _FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    _CHECKS_FILE.write_bytes(request.checks)
    module = ModuleType("checks")
    module.__file__ = str(_CHECKS_FILE)
    sys.modules["checks"] = module
    try:
        exec(compile(request.checks, str(_CHECKS_FILE), "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - an author's code, in a jail
    except Exception as error:  # noqa: BLE001 - the edge between an author's code and the engine
        return ChecksLoaded(cases=[], prepares=False, trouble=_words(error))
    return ChecksLoaded(cases=sorted(registry.checks), prepares=registry.prepare is not None)


def _prepare(request: Prepare, registry: Registry) -> Prepared:
    if registry.prepare is None:
        return Prepared()
    try:
        made = registry.prepare(np.random.default_rng([request.seed, 1]))
        return Prepared(solve=plain.dump(made.solve), replay=plain.dump(made.replay), secret=plain.dump(made.secret))
    except Exception as error:  # noqa: BLE001 - as above
        return Prepared(trouble=_words(error))


def _decide(request: Compare, registry: Registry) -> Compared:
    """Open both sides and run the case's check on them. Nothing but its normal return earns points."""
    try:
        want, secret = _tree(request.want), plain.load(request.secret)
    except plain.Malformed as error:
        return Compared(case=request.case, trouble=_words(error))
    try:
        got = _tree(request.got)
    except plain.Malformed:
        return Compared(case=request.case, public=_UNREADABLE, message=_UNREADABLE)
    try:
        return _shared(request.case, _judged(request, registry, got, want, secret))
    except Mismatch as wrong:
        difference = msgspec.json.encode(wrong.difference) if wrong.difference else None
        message = wrong.message.removeprefix(": ")
        return Compared(case=request.case, public=wrong.public, message=message, difference=difference)
    except Exception as error:  # noqa: BLE001 - the edge between an author's code and the engine
        return _stumbled(request, registry, error, want, secret)


def _tree(side: Side) -> Any:
    """What a check is given of one side. Raises Malformed."""
    solve = plain.load(side.solve)
    return solve if side.replay is None else {"solve": solve, "replay": plain.load(side.replay)}


def _judged(request: Compare, registry: Registry, got: Any, want: Any, secret: Any) -> float:
    """The share of the points, by the case's own check or by the comparison with the reference."""
    check = registry.checks.get(request.case)
    if check is None:
        compare(got, want, rtol=request.rtol, atol=request.atol, where="")
        return 1.0
    share = check(got, want, secret)
    return 1.0 if share is None else float(share)


def _shared(case: str, share: float) -> Compared:
    if not (math.isfinite(share) and 0 <= share <= 1):
        return Compared(case=case, trouble=f"expected a share between 0 and 1 from the check, received {share}")
    return Compared(case=case, share=share, public=None if share == 1 else "Only part of this case is right.")


def _stumbled(request: Compare, registry: Registry, error: Exception, want: Any, secret: Any) -> Compared:
    """A check stumbled: the answer's fault where the reference's own answer is no trouble to it, else the check's."""
    try:
        _judged(request, registry, want, want, secret)
    except Exception:  # noqa: BLE001 - as above
        return Compared(case=request.case, trouble=_words(error))
    text = "The answer is not what the case can work with."
    return Compared(case=request.case, public=text, message=text)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:1000]
