"""Opening what a hostile probe reported, on the worker's side:

plain msgpack without arrays, closed types, nothing else.
"""

from __future__ import annotations

import msgspec

Answer = dict[str, str | int | list[str | int]]


def tree(body: bytes) -> Answer:
    """The probe's report. Anything that is not one counts as a probe that ended early."""
    try:
        return msgspec.msgpack.decode(body, type=Answer)
    except msgspec.MsgspecError as error:
        return {"ended": f"the report can't be read: {error}"}
