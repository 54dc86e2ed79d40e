"""How each outcome, verdict and state is called, drawn and coloured: the one list that pages and scripts share."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Kind = Literal["outcomes", "verdicts", "states"]


@dataclass(frozen=True)
class Word:
    """The word for people, the icon's name and the tone (a CSS class) of one state."""

    word: str
    icon: str
    tone: str


@cache
def words(kind: Kind) -> dict[str, Word]:
    """All words of one kind, by the name the engine or the database uses."""
    listed = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
    return {name: Word(**entry) for name, entry in listed[kind].items()}


def word_for(kind: Kind, name: str) -> Word:
    """The word of one state; one that this list doesn't know is shown as it is, plainly."""
    return words(kind).get(name, Word(name.replace("_", " "), "circle-dashed", "quiet"))
