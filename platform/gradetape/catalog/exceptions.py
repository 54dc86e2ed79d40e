"""What can be wrong about publishing. A class's docstring is its default message."""

from gradetape.exceptions import GradeTapeError


class CatalogError(GradeTapeError):
    """The catalogue can't do this."""


class VersionIsFinal(CatalogError):
    """A published version is never changed: publish a new one."""
