"""The process that holds a solution and calls probes on it: the candidate's in the solve jail, the reference in its
own.

It answers one request with one message. It shares its process with the candidate's code, so nothing it says is
believed beyond what was seen; it holds no wanted value, no check and no points.
"""

from __future__ import annotations

import importlib
import linecache
import socket
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from grader import frames, plain, probing
from grader.frames import FrameReader
from grader.inside import engaging, outputs
from grader.inside.contract import ContractBroken, Solution
from grader.inside.parcel import Parcel
from grader.inside.trouble import SOLUTION_FILE, frame_of_probe, trouble_of
from grader.jail.bubblewrap import WORK
from grader.protocol import Handed, Load, Loaded, Observed, Ready, Reported, RunProbe, ToRunner, Trouble
from grader.watching import WATCH_REMOVED, CallWatch

PROBES_FILE = f"{WORK}/probes.py"
PUBLIC_FOLDER = Path(WORK) / "public"
_SEED_BITS = 0x7FFFFFFF


def main(channel: socket.socket) -> None:
    """Serve one worker until it closes the channel."""
    reader: FrameReader[ToRunner] = FrameReader(ToRunner)
    if not engaging.wait(reader, channel) or not isinstance(load := reader.read(channel), Load):
        return
    runner = Runner(load, channel)
    frames.send(channel, Ready())
    frames.send(channel, Loaded(trouble=runner.load()))
    outputs.flush()
    while isinstance(request := reader.read(channel), RunProbe):
        observed = runner.observe(request)
        outputs.flush()
        frames.send(channel, observed)


class Runner:
    """One solution, one set of probes, one seed."""

    def __init__(self, load: Load, channel: socket.socket) -> None:
        self._load, self._channel = load, channel
        self._prepared: dict[str, Any] = plain.load(load.prepared)
        self._shared: dict[str, Any] = {}
        self._probes = probing.registry
        self._probes.report = lambda values: frames.send(channel, Reported(values=dict(list(values.items())[:32])))
        self._parcel = Parcel()
        self._probes.hand = self._hand
        # From before the solution is there: whoever looks for a forbidden function finds the watched one.
        self._watch = CallWatch({path: resolve(path) for path in load.forbidden}).__enter__()
        self._ran_at_load: set[str] = set()
        self._write_files()

    def _write_files(self) -> None:
        """AutoGraph and tracebacks read sources from disk."""
        Path(SOLUTION_FILE).write_bytes(self._load.solution)
        Path(PROBES_FILE).write_bytes(self._load.probes)
        for name, content in self._load.public.items():
            path = PUBLIC_FOLDER / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def _hand(self, path: Path, name: str) -> None:
        for file, content in self._parcel.files(path, name):
            frames.send(self._channel, Handed(name=file, content=content))

    def load(self) -> Trouble | None:
        """Import the candidate's file. Returns what went wrong, if anything did."""
        try:
            source = self._load.solution
            self._solution = Solution(_import("solution", SOLUTION_FILE, source), self._load.contract, source)
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt of candidate code are its troubles too
            return trouble_of(error)
        _import(
            "probes", PROBES_FILE, self._load.probes
        )  # after the solution: nothing stands between the jail and its first line
        self._ran_at_load = self._watch.ran  # what was traced then runs in the probes without any Python
        broken = self._solution.broken()
        return trouble_of(broken) if broken else None

    def observe(self, request: RunProbe) -> Observed:
        """Run one probe, under the seed, watching forbidden calls."""
        self._watch.counts.clear()
        self._parcel = Parcel()
        start = time.monotonic()
        body, trouble = b"", None
        try:
            body = plain.dump(self._call(request.probe, self._probes.probes[request.probe], set_up=False))
        except BaseException as error:  # noqa: BLE001 - the edge between candidate code and the engine
            trouble = self._explained(error)
        seconds = time.monotonic() - start
        ran = sorted(self._watch.ran | self._ran_at_load) + ([WATCH_REMOVED] if self._watch.removed else [])
        return Observed(probe=request.probe, body=body, ran=ran, seconds=seconds, trouble=trouble)

    def _call(self, name: str, function: Callable[..., Any], *, set_up: bool) -> Any:
        """Call a probe or a set-up with a generator of its own, and with what its other parameters name."""
        wanted = function.__code__.co_varnames[2 : function.__code__.co_argcount + function.__code__.co_kwonlyargcount]
        arguments = {parameter: self._argument(parameter) for parameter in wanted}
        number = zlib.crc32(name.encode())
        if not set_up:
            importlib.import_module("tensorflow").keras.backend.clear_session()
        importlib.import_module("tensorflow").keras.utils.set_random_seed((self._load.seed ^ number) & _SEED_BITS)
        return function(self._solution, np.random.default_rng([self._load.seed, number]), **arguments)

    def _argument(self, name: str) -> Any:
        if name in self._prepared:
            return self._prepared[name]
        if name not in self._shared:
            try:
                self._shared[name] = (self._call(name, self._probes.shared[name], set_up=True), None)
            except BaseException as error:  # noqa: BLE001 - kept, so that every case of the set-up says the same
                self._shared[name] = (None, error)
        value, failure = self._shared[name]
        if failure is not None:
            raise failure
        return value

    def _explained(self, error: BaseException) -> Trouble:
        """Trouble, with the contract beside it when a call did not fit the candidate's signature."""
        trouble = trouble_of(error)
        if (
            isinstance(error, TypeError)
            and not isinstance(error, ContractBroken)
            and frame_of_probe(error.__traceback__, PROBES_FILE)
        ):
            contract = "; ".join(self._solution.expected(name) for name, _, _ in self._load.contract)
            return Trouble(
                kind=trouble.kind,
                text=f"{trouble.text} The contract is: {contract}."[:1500],
                line=trouble.line,
                trail=trouble.trail,
            )
        return trouble


def _import(name: str, path: str, source: bytes) -> ModuleType:
    """Run a module's source under its file name, and keep it in sys.modules for pickling-free lookups by Keras."""
    module = ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    linecache.checkcache(path)
    code = compile(source, path, "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102 - running candidate code is what this process is for; it stands in a jail
    return module


def resolve(path: str) -> Callable[..., Any]:
    """The function behind a dotted path such as "keras.layers.Dense.call". Raises ImportError for an unknown one."""
    parts = path.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            target: Any = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            target = getattr(target, part, None)
        if target is not None:
            found: Callable[..., Any] = target
            return found
    raise ImportError(f"expected a function at {path}, received nothing")
