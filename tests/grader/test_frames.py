"""Frames: bounded before they are read, closed types, any chunking."""

from __future__ import annotations

import socket
import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import frames
from grader.exceptions import ProtocolError
from grader.frames import FrameReader
from grader.protocol import FromRunner, Observed, Ready, Reported


@given(st.integers(1, 40), st.binary(max_size=100))
def test_frames_are_cut_out_of_any_chunks(size: int, body: bytes) -> None:
    data = frames.encode(Ready()) + frames.encode(Observed(probe="p", body=body))
    reader: FrameReader[FromRunner] = FrameReader(FromRunner)
    found = []
    for start in range(0, len(data), size):
        reader.feed(data[start : start + size])
        while (message := reader.next()) is not None:
            found.append(message)
    assert found == [Ready(), Observed(probe="p", body=body)]


def test_a_length_beyond_the_limit_is_refused_before_anything_is_read() -> None:
    reader: FrameReader[FromRunner] = FrameReader(FromRunner)
    reader.feed(struct.pack(">I", frames.MAX_FRAME + 1))
    with pytest.raises(ProtocolError, match="at most"):
        reader.next()


@pytest.mark.parametrize(
    "content",
    [
        {"type": "verdict", "verdict": "accepted"},
        {"type": "observed"},
        {"type": "observed", "probe": "p" * 300},
        {"type": "observed", "probe": "p", "ran": ["x"] * 100},
        {"type": "reported", "values": {"loss": "low"}},
        {"type": "loaded", "trouble": {"kind": "k", "text": "t" * 5000}},
        ["observed"],
        7,
    ],
)
def test_what_is_no_message_of_the_protocol_is_refused(content: object) -> None:
    body = msgspec.msgpack.encode(content)
    reader: FrameReader[FromRunner] = FrameReader(FromRunner)
    reader.feed(struct.pack(">I", len(body)) + body)
    with pytest.raises(ProtocolError):
        reader.next()


def test_a_peer_that_never_reads_does_not_hold_the_sender() -> None:
    one, other = socket.socketpair()
    with one, other, pytest.raises(TimeoutError):
        frames.send_within(one, Observed(probe="p", body=b"x" * 10_000_000), 0.2)


def test_a_closed_channel_reads_as_none() -> None:
    one, other = socket.socketpair()
    with one:
        frames.send(other, Reported(values={"loss": 1.0}))
        other.close()
        reader: FrameReader[FromRunner] = FrameReader(FromRunner)
        assert [reader.read(one), reader.read(one)] == [Reported(values={"loss": 1.0}), None]
