"""Why the studio refuses something. A class's docstring is its default message; authors read it."""

from gradetape.exceptions import GradeTapeError


class AuthoringError(GradeTapeError):
    """This can't be done."""


class FileConflict(AuthoringError):
    """The file was changed somewhere else since you loaded it."""

    code = "conflict"


class BadPath(AuthoringError):
    """That is no name for a file of a challenge."""

    code = "bad_path"


class FileTooLarge(AuthoringError):
    """The file is too large for a challenge."""

    code = "too_large"


class NoSuchFile(AuthoringError):
    """There is no such file any more. Reload the page to see which there are."""

    code = "not_found"


class SlugTaken(AuthoringError):
    """That short name is taken."""

    code = "taken"


class LastAuthor(AuthoringError):
    """A project needs at least one author, by themselves or in a team."""


class NoSuchAuthor(AuthoringError):
    """No author has this address, and no team this name. Administrators give out the role, and make teams."""
