"""The template: a small challenge that is whole and sound, to be replaced piece by piece."""

import tomlkit

from grader.package import files_in
from gradetape.settings import PACKAGE

FOLDER = PACKAGE / "authoring" / "blank"


def files(title: str) -> dict[str, bytes]:
    """The template's files under another title."""
    found = files_in(FOLDER)
    return {**found, "challenge.toml": entitled(found["challenge.toml"].decode(), title).encode()}


def entitled(text: str, title: str) -> str:
    """challenge.toml with another title; all else stays as it is written."""
    document = tomlkit.parse(text)
    document["title"] = title
    return document.as_string()
