"""What can be wrong about publishing and withdrawing. A class's docstring is its default message."""

from gradetape.exceptions import GradeTapeError


class CatalogError(GradeTapeError):
    """The catalogue can't do this."""


class VersionIsFinal(CatalogError):
    """A published version is never changed: publish a new one."""


class LiveChanged(CatalogError):
    """Another version went live since you looked. Look again at what would change."""

    code = "live_changed"


class NotLive(CatalogError):
    """This challenge is withdrawn already."""

    code = "not_live"


class NotWithdrawn(CatalogError):
    """This challenge is in the catalogue already."""

    code = "not_withdrawn"
