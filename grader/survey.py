"""Counting the values of a msgpack body before any of them is built.

One byte of msgpack can become an object of fifty: thirty million empty lists fit into a message and fill gigabytes.
So whoever opens what candidates control looks at the headers first. The layout is that of the msgpack specification.
"""

from __future__ import annotations

_SKIP = {  # header byte -> bytes that follow
    **dict.fromkeys((0xCC, 0xD0), 1),
    **dict.fromkeys((0xCD, 0xD1, 0xD4), 2),
    **dict.fromkeys((0xCE, 0xD2, 0xCA), 4),
    **dict.fromkeys((0xCF, 0xD3, 0xCB), 8),
    0xD5: 3,
    0xD6: 5,
    0xD7: 9,
    0xD8: 17,
}
_SIZED = {  # header byte -> (bytes of the length, bytes beside it): binary, text, extension
    0xC4: (1, 0),
    0xC5: (2, 0),
    0xC6: (4, 0),
    0xD9: (1, 0),
    0xDA: (2, 0),
    0xDB: (4, 0),
    0xC7: (1, 1),
    0xC8: (2, 1),
    0xC9: (4, 1),
}
_COUNTED = {0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4}  # header byte -> bytes of the number of items: array, map
_FIXED_TEXT = range(0xA0, 0xC0)


def within(body: bytes, limit: int) -> bool:
    """Whether at most `limit` values are in a body, by its headers and by what they announce.

    Says nothing on whether the body is well formed; of what is not, a decoder tells.
    """
    values, at = 0, 0
    while at < len(body):
        head = body[at]
        values, at = values + 1, at + 1
        if head in _COUNTED:
            width = _COUNTED[head]
            if int.from_bytes(body[at : at + width]) > limit:
                return False
            at += width
        elif head in _SIZED:
            width, beside = _SIZED[head]
            at += width + beside + int.from_bytes(body[at : at + width])
        else:
            at += head - _FIXED_TEXT.start if head in _FIXED_TEXT else _SKIP.get(head, 0)
        if values > limit:
            return False
    return True
