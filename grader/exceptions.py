"""What can go wrong in the engine. A class's docstring is its default message."""


class GraderError(Exception):
    """Grading failed."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class PackageError(GraderError):
    """The challenge package is not well formed."""


class ArchiveError(GraderError):
    """The archive is not well formed."""


class BundleError(GraderError):
    """The bundle is not well formed."""


class JudgeError(GraderError):
    """The platform failed, not the submission."""


class JailError(JudgeError):
    """A jail could not be made."""


class ZygoteUnavailable(JudgeError):
    """No zygote answers on its socket: is the engine's host running?"""


class Cancelled(GraderError):
    """The grading was cancelled."""


class ProtocolError(GraderError):
    """A jail sent something that is not in the protocol."""
