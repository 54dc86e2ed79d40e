"""The messages between the worker and the processes in its jails.

There is no field for a verdict, and none that a candidate's process could use to say that a case passed: it reports
observations, opaque bytes that the worker hands to the check jail unopened. Each request is answered once, in order.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

MAX_TEXT = 4096
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Name = Annotated[str, msgspec.Meta(max_length=200)]
Names = Annotated[list[Name], msgspec.Meta(max_length=64)]
Numbers = Annotated[dict[Name, float], msgspec.Meta(max_length=32)]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all messages."""


# worker -> any jail, before anything else


class Engage(Message, frozen=True, tag="engage"):
    """The process leaves the reserve:

    from now on these limits hold (setrlimit(2): CPU seconds, bytes of private memory).
    """

    cpu_seconds: int
    data_bytes: int | None = None


# worker -> a jail that runs probes (solve, reference)


class Load(Message, frozen=True, tag="load"):
    """What the process needs before it can run a probe.

    `prepared` is a plain tree for the probes' keyword arguments.
    """

    solution: bytes
    probes: bytes
    contract: list[tuple[str, str, str]]
    forbidden: list[str]
    public: dict[str, bytes]
    prepared: bytes
    seed: int


class RunProbe(Message, frozen=True, tag="run"):
    """Call one probe."""

    probe: str


# a jail that runs probes -> worker


class Ready(Message, frozen=True, tag="ready"):
    """The next thing that happens is the first line of candidate code."""


class Trouble(Message, frozen=True):
    """An exception in candidate code: what to say, where in the file, and its trail for samples."""

    kind: Name
    text: Text
    line: int | None = None
    trail: Text = ""
    memory: bool = False


class Loaded(Message, frozen=True, tag="loaded"):
    """The solution was imported, or why it could not be."""

    trouble: Trouble | None = None


class Reported(Message, frozen=True, tag="reported"):
    """Progress of the probe that runs."""

    values: Numbers


class Handed(Message, frozen=True, tag="handed"):
    """One file of the artifact that the running probe hands over, by its relative path (see `grader.artifacts`)."""

    name: Name
    content: bytes


class Observed(Message, frozen=True, tag="observed"):
    """What one probe saw: a plain tree in msgpack, or the trouble that ended it, and which forbidden functions ran."""

    probe: Name
    body: bytes = b""
    ran: Names = []
    seconds: float = 0.0
    trouble: Trouble | None = None


# worker -> replay jail


class LoadReplays(Message, frozen=True, tag="load_replays"):
    """The replay halves of a challenge's probes, and the plain trees for their keyword arguments."""

    replays: bytes
    public: dict[str, bytes]
    prepared: list[bytes]
    seed: int


class Replay(Message, frozen=True, tag="replay"):
    """Look at what a probe handed over (sent before as `Handed`) and at what it saw."""

    probe: str
    seen: bytes


# replay jail -> worker


class ReplaysLoaded(Message, frozen=True, tag="replays_loaded"):
    """The replay halves were imported: of which probes."""

    probes: list[str]
    trouble: str | None = None


class Replayed(Message, frozen=True, tag="replayed"):
    """What the replay half saw: a plain tree in msgpack, or the trouble that ended it."""

    probe: Name
    body: bytes = b""
    trouble: Trouble | None = None


# worker -> check jail


class LoadChecks(Message, frozen=True, tag="load_checks"):
    """The checks of a challenge (empty when it has none of its own)."""

    checks: bytes
    secret_files: dict[str, bytes]


class Prepare(Message, frozen=True, tag="prepare"):
    """Make the prepared data of one seed."""

    seed: int


class Side(msgspec.Struct, frozen=True):
    """What one solution gave: the tree that its probe returned and, where there was one, that of the replay."""

    solve: bytes
    replay: bytes | None = None


class Compare(Message, frozen=True, tag="compare"):
    """Decide one case from what was seen (`got`) and what the reference gave (`want`)."""

    case: str
    got: Side
    want: Side
    secret: bytes
    rtol: float | None = None
    atol: float | None = None


# check jail -> worker


class ChecksLoaded(Message, frozen=True, tag="checks_loaded"):
    """The checks were imported: which cases they decide, and whether data are prepared."""

    cases: list[str]
    prepares: bool
    trouble: str | None = None


class Prepared(Message, frozen=True, tag="prepared"):
    """The prepared data, as plain trees in msgpack."""

    solve: bytes = b""
    replay: bytes = b""
    secret: bytes = b""
    trouble: str | None = None


class Compared(Message, frozen=True, tag="compared"):
    """The result of one case. `share` of the points is earned; `trouble` is a fault of the check itself.

    `public` may be shown for a hidden case; `message` and `difference` (JSON) have numbers and are for samples.
    """

    case: str
    share: float = 0.0
    public: str | None = None
    message: str | None = None
    difference: bytes | None = None
    trouble: str | None = None


FromRunner = Ready | Loaded | Reported | Handed | Observed
ToRunner = Engage | Load | RunProbe
FromReplayer = ReplaysLoaded | Replayed
ToReplayer = Engage | LoadReplays | Handed | Replay
FromChecker = ChecksLoaded | Prepared | Compared
ToChecker = Engage | LoadChecks | Prepare | Compare
