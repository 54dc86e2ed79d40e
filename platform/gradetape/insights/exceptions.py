"""Why a report is refused. A class's docstring is its default message; candidates and authors read it."""

from gradetape.exceptions import GradeTapeError


class ReportRefused(GradeTapeError):
    """This can't be reported."""


class NotReportable(ReportRefused):
    """Only a case that your own graded submission failed can be reported."""

    code = "not_reportable"


class AlreadyReported(ReportRefused):
    """You have reported this case of this submission already."""

    code = "reported"


class BadWords(ReportRefused):
    """The text is too short or too long."""

    code = "bad_words"


class TooManyReports(ReportRefused):
    """You have sent as many reports as one may within a day. Please go on tomorrow."""

    code = "too_many"


class AlreadyAnswered(GradeTapeError):
    """Somebody else has answered this report meanwhile. Their answer stands."""

    code = "answered"
