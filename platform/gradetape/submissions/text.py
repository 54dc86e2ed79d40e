"""Text that comes from outside: what candidates write, and what their code prints.

Source is kept as bytes, since the judge has to see exactly what was sent and PostgreSQL takes no NUL character in text.
"""

from typing import Any

NUL = "\x00"
NUL_PICTURE = "\u2400"


def encoded(text: str) -> bytes:
    """The bytes of a source. A lone surrogate, which JSON can carry, becomes what is no UTF-8: the judge says so."""
    return text.encode("utf-8", "surrogatepass")


def decoded(source: bytes | memoryview) -> str:
    """A source to be shown or edited; what is no UTF-8 becomes replacement characters."""
    return bytes(source).decode("utf-8", "replace")


def storable(value: Any) -> Any:
    """A tree of plain data without NUL characters and lone surrogates, which databases and pages refuse."""
    if isinstance(value, str):
        return value.replace(NUL, NUL_PICTURE).encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value
