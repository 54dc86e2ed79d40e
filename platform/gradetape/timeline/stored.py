"""How the data of entries lie in the database.

An editor can hold NUL characters and halves of surrogate pairs, and PostgreSQL takes neither in JSON. They are written
as an escape character and four digits, and read back as they were: a text that is replayed has to be the one that was
typed, to the last character.
"""

import json
import re
from typing import Any

# A private-use character of the last plane; one that is in a text is written the same way.
ESCAPE = "\U0010fffd"
TROUBLE = re.compile(f"[\x00\ud800-\udfff{ESCAPE}]")
WRITTEN = re.compile(f"{ESCAPE}([0-9a-f]{{6}})")


class Encoder(json.JSONEncoder):
    """Writes any text that JSON can carry as JSON that PostgreSQL takes."""

    def encode(self, o: Any) -> str:
        return super().encode(_each_text(o, _escaped))


class Decoder(json.JSONDecoder):
    """Reads what Encoder wrote."""

    def decode(self, s: str, *args: Any, **kwargs: Any) -> Any:
        return _each_text(super().decode(s, *args, **kwargs), _as_it_was)


def _each_text(value: Any, do: Any) -> Any:
    if isinstance(value, str):
        return do(value)
    if isinstance(value, dict):
        return {key: _each_text(item, do) for key, item in value.items()}
    if isinstance(value, list):
        return [_each_text(item, do) for item in value]
    return value


def _escaped(text: str) -> str:
    return TROUBLE.sub(lambda found: f"{ESCAPE}{ord(found[0]):06x}", text)


def _as_it_was(text: str) -> str:
    return WRITTEN.sub(lambda found: chr(int(found[1], 16)), text) if ESCAPE in text else text
