"""Why a regrade is refused. A class's docstring is its default message; authors read it."""

from gradetape.exceptions import GradeTapeError


class RegradingError(GradeTapeError):
    """This can't be graded again."""


class AlreadyRegrading(RegradingError):
    """Submissions of this challenge are being regraded already. Wait for the end, or cancel it."""

    code = "under_way"
