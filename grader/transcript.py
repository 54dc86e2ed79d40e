"""What a candidate's code printed:

the first and the last 16 KiB of each stream, and never what could carry a hidden input out.
"""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Callable

from grader.events import Stream

STREAMS: tuple[Stream, ...] = ("stdout", "stderr")
KEEP = 16 * 1024
LIVE = 64 * 1024
CUT = f"\n[… cut here: no more than {LIVE:,} characters are shown …]\n"


class Transcript:
    """Both streams of one submission. `open` says whether what comes now may be shown (loading, sample cases)."""

    def __init__(self, show: Callable[[Stream, str], None]) -> None:
        self._show = show
        self._decoders = {name: codecs.getincrementaldecoder("utf-8")("replace") for name in STREAMS}
        self._streams = {name: _Kept() for name in self._decoders}
        self.open = True

    def add(self, stream: Stream, data: bytes) -> None:
        """Take in what was printed; it is shown at once, up to LIVE characters a stream and a word that more came."""
        if not self.open:
            return
        text = self._decoders[stream].decode(data)
        kept = self._streams[stream]
        room = LIVE - kept.total
        shown = text[: max(0, room)]
        if 0 <= room < len(text):
            shown += CUT
        kept.add(text)
        if shown:
            self._show(stream, shown)

    def kept(self) -> dict[str, str]:
        """The text of each stream that printed anything, its middle left out where it was long."""
        return {name: stream.text() for name, stream in self._streams.items() if stream.total}


class _Kept:
    """The first and the last KEEP characters of a text that comes in pieces."""

    def __init__(self) -> None:
        self.total = 0
        self._first = ""
        self._last: deque[str] = deque()
        self._last_size = 0

    def add(self, text: str) -> None:
        self.total += len(text)
        room = KEEP - len(self._first)
        self._first += text[:room]
        rest = text[room:][-KEEP:]
        self._last.append(rest)
        self._last_size += len(rest)
        while self._last and self._last_size - len(self._last[0]) >= KEEP:
            self._last_size -= len(self._last.popleft())

    def text(self) -> str:
        last = "".join(self._last)[-KEEP:]
        left_out = self.total - len(self._first) - len(last)
        return self._first + (f"\n[… {left_out} characters left out …]\n" if left_out else "") + last
