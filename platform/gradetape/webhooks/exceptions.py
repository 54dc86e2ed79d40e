"""Why a message did not arrive. A class's docstring is its default message; people read it."""


class NotSent(Exception):
    """nothing answered"""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class NotAllowed(NotSent):
    """this address may not be reached"""


class AlreadyThere(Exception):
    """This address is told already."""

    def __str__(self) -> str:
        return self.__doc__ or ""
