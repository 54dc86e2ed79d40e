"""The process that looks at what a probe handed over, in a jail without the candidate's code.

Loading an artifact may run whatever the candidate put into it, so this process is as little believed as the
candidate's own, and it never holds labels or checks. It serves one replay.
"""

from __future__ import annotations

import importlib
import socket
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from grader import frames, plain, replaying
from grader.artifacts import Artifacts
from grader.frames import FrameReader
from grader.inside import archives, engaging, outputs
from grader.inside.trouble import trouble_of
from grader.jail.bubblewrap import WORK
from grader.protocol import Handed, LoadReplays, Replay, Replayed, ReplaysLoaded, ToReplayer

ARTIFACTS = Path(WORK) / "artifacts"
_FILE = Path(WORK) / "replays.py"
_PUBLIC = Path(WORK) / "public"
_SEED_BITS = 0x7FFFFFFF


def main(channel: socket.socket) -> None:
    """Serve one worker until it closes the channel."""
    reader: FrameReader[ToReplayer] = FrameReader(ToReplayer)
    if not engaging.wait(reader, channel) or not isinstance(load := reader.read(channel), LoadReplays):
        return
    frames.send(channel, _load(load))
    received = Artifacts()
    ARTIFACTS.mkdir()
    while isinstance(request := reader.read(channel), Handed):
        received.add(request.name, request.content)
        _write(ARTIFACTS / request.name, request.content)
    if isinstance(request, Replay):
        answer = _replay(request, load)
        outputs.flush()
        frames.send(channel, answer)


def _load(load: LoadReplays) -> ReplaysLoaded:
    for name, content in load.public.items():
        _write(_PUBLIC / name, content)
    _write(_FILE, load.replays)
    module = ModuleType("replays")
    module.__file__ = str(_FILE)
    sys.modules["replays"] = module
    try:
        exec(compile(load.replays, str(_FILE), "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - an author's code, in a jail
    except Exception as error:  # noqa: BLE001 - the edge between an author's code and the engine
        return ReplaysLoaded(probes=[], trouble=f"{type(error).__name__}: {error}"[:1000])
    return ReplaysLoaded(probes=sorted(replaying.registry.replays))


def _replay(request: Replay, load: LoadReplays) -> Replayed:
    try:
        archives.examine(ARTIFACTS)
        return Replayed(probe=request.probe, body=plain.dump(_call(request, load)))
    except BaseException as error:  # noqa: BLE001 - the edge between what an artifact makes happen and the engine
        return Replayed(probe=request.probe, trouble=trouble_of(error))


def _call(request: Replay, load: LoadReplays) -> Any:
    function: Callable[..., Any] = replaying.registry.replays[request.probe]
    data = {name: value for part in load.prepared for name, value in plain.load(part).items()}
    named = function.__code__.co_varnames[3 : function.__code__.co_argcount + function.__code__.co_kwonlyargcount]
    number = zlib.crc32(f"replay of {request.probe}".encode())
    importlib.import_module("tensorflow").keras.utils.set_random_seed((load.seed ^ number) & _SEED_BITS)
    rng = np.random.default_rng([load.seed, number])
    return function(ARTIFACTS, plain.load(request.seen), rng, **{name: data[name] for name in named})


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
