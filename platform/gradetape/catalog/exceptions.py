"""What can be wrong about publishing. A class's docstring is its default message."""


class CatalogError(Exception):
    """The catalogue can't do this."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class VersionIsFinal(CatalogError):
    """A published version is never changed: publish a new one."""
