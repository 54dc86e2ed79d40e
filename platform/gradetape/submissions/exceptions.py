"""Why a submission or a draft is not taken. A class's docstring is its default message; candidates read it."""

from gradetape.exceptions import GradeTapeError


class SubmissionError(GradeTapeError):
    """This can't be done."""


class SourceTooLarge(SubmissionError):
    """Your file is larger than 64 KiB. Leave out what the task does not ask for."""

    code = "too_large"


class TooManyOpen(SubmissionError):
    """Three of your submissions are still being graded. Wait for one to finish, or cancel one."""

    code = "too_many"
    retry_after = 5


class TooFast(SubmissionError):
    """That were many submissions in one minute. Wait a little."""

    code = "too_many"
    retry_after = 30


class DraftConflict(SubmissionError):
    """The draft was changed somewhere else since you loaded it."""

    code = "conflict"
