"""Length-prefixed msgpack frames over a stream socket.

A frame is a 4-byte big-endian length and that many bytes of msgpack: one of the structs of `grader.protocol`. The
length is checked before anything is read, the type is closed, and a frame that does not fit raises `ProtocolError`.
Every byte that comes out of a jail passes through here, so nothing here trusts its peer.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from typing import Any, Generic, TypeVar

import msgspec

from grader.exceptions import ProtocolError

MAX_FRAME = 48 * 1024 * 1024
_HEADER = struct.Struct(">I")
_CHUNK = 1 << 16

T = TypeVar("T")
_encoder = msgspec.msgpack.Encoder()


def encode(message: msgspec.Struct) -> bytes:
    """The frame of `message`, header and all. Raises ProtocolError when it is larger than MAX_FRAME."""
    body = _encoder.encode(message)
    if len(body) > MAX_FRAME:
        raise ProtocolError(f"expected a message of at most {MAX_FRAME} bytes, received {len(body)}")
    return _HEADER.pack(len(body)) + body


def send(channel: socket.socket, message: msgspec.Struct) -> None:
    """Write one frame, blocking until the peer has room."""
    channel.sendall(encode(message))


def send_within(channel: socket.socket, message: msgspec.Struct, seconds: float) -> None:
    """Write one frame to a peer that may never read. Raises TimeoutError when it has not been taken after `seconds`."""
    deadline = time.monotonic() + seconds
    view = memoryview(encode(message))
    poller = select.poll()
    poller.register(channel, select.POLLOUT)
    while view:
        left = deadline - time.monotonic()
        if left <= 0 or not poller.poll(left * 1000):
            raise TimeoutError("the jail does not read its channel")
        view = view[channel.send(view, socket.MSG_DONTWAIT) :]


class FrameReader(Generic[T]):
    """Cuts frames of type T (`kind` is the same type, or a union, at run time) out of a stream that comes in pieces."""

    def __init__(self, kind: Any, limit: int = MAX_FRAME) -> None:
        self._decoder: msgspec.msgpack.Decoder[T] = msgspec.msgpack.Decoder(kind)
        self._limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Add what was read from the channel."""
        self._buffer += data

    def next(self) -> T | None:
        """The next whole message, or None when more bytes are needed. Raises ProtocolError for anything else."""
        if len(self._buffer) < _HEADER.size:
            return None
        (length,) = _HEADER.unpack_from(self._buffer)
        if length > self._limit:
            raise ProtocolError(f"expected a frame of at most {self._limit} bytes, received the length {length}")
        end = _HEADER.size + length
        if len(self._buffer) < end:
            return None
        body = bytes(memoryview(self._buffer)[_HEADER.size : end])
        del self._buffer[:end]
        try:
            return self._decoder.decode(body)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise ProtocolError(
                f"expected one of the protocol's messages, received {len(body)} bytes that are none"
            ) from error

    def read(self, channel: socket.socket) -> T | None:
        """Block until a message is whole; None when the peer has closed. For the trusted end inside a jail."""
        while (message := self.next()) is None:
            data = channel.recv(_CHUNK)
            if not data:
                return None
            self.feed(data)
        return message
