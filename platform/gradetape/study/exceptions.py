"""What can stand in the way of a note."""

from gradetape.study.models import Note


class NoteTooLarge(Exception):
    """Longer than a note may be."""

    code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A note may have up to {limit} characters. Shorten it; what you typed stays in this window.")


class NoteChanged(Exception):
    """The note was saved elsewhere meanwhile; `newer` is what is kept now."""

    code = "conflict"

    def __init__(self, newer: Note) -> None:
        super().__init__("This note was changed in another window.")
        self.newer = newer
