"""What can go wrong between a bare machine and a running GradeTape."""


class SetupError(Exception):
    """The machine could not be prepared. The message says which step failed and what its owner can do."""


class LaunchError(Exception):
    """GradeTape could not be started. The message says which part refused and where to look."""
