"""What is wrong with a file before any of its code runs. Only bytes are looked at; parsing happens in the jail."""

from __future__ import annotations

from dataclasses import dataclass

MAX_SOURCE = 64 * 1024


@dataclass(frozen=True)
class Refusal:
    """Why a file can't be run: what was expected, what was received, and in which line, where there is one."""

    message: str
    line: int | None = None


def refuse(source: bytes) -> Refusal | None:
    """None for a file that may be tried."""
    if len(source) > MAX_SOURCE:
        size = f"{len(source) / 1024:.0f} KiB"
        return Refusal(
            f"Expected at most {MAX_SOURCE // 1024} KiB of source, received {size}. Remove what is not needed."
        )
    if b"\0" in source:
        return Refusal(
            "Expected a text file, received NUL bytes. Save it as plain UTF-8 text.", _line(source, source.index(b"\0"))
        )
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Refusal(
            f"Expected UTF-8, received the byte 0x{source[error.start]:02x}. Save the file as UTF-8.",
            _line(source, error.start),
        )
    if not text.strip():
        return Refusal("Expected Python code, received an empty file. Start from the challenge's starter.")
    return None


def _line(source: bytes, offset: int) -> int:
    return source.count(b"\n", 0, offset) + 1
