"""Why a message did not arrive. A class's docstring is its default message; people read it."""

from gradetape.exceptions import GradeTapeError


class NotSent(GradeTapeError):
    """nothing answered"""


class NotAllowed(NotSent):
    """this address may not be reached"""


class AlreadyThere(GradeTapeError):
    """This address is told already."""
