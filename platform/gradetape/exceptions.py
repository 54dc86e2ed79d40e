"""What the exceptions of all apps have in common."""

from typing import ClassVar


class GradeTapeError(Exception):
    """This can't be done."""

    # What answers in JSON call it.
    code: ClassVar[str] = "refused"

    def __init__(self, message: str | None = None) -> None:
        """Without a message the class's docstring is the message: people read it."""
        super().__init__(message or self.__doc__)
