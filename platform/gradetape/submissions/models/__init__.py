"""The rows of a submission, of its grading, and of the drafts it comes from."""

from gradetape.submissions.models.draft import Draft, DraftVersion
from gradetape.submissions.models.record import Attempt, CaseResult, Ending, SubmissionEvent
from gradetape.submissions.models.submission import OPEN, Kind, State, Submission

__all__ = [
    "OPEN",
    "Attempt",
    "CaseResult",
    "Draft",
    "DraftVersion",
    "Ending",
    "Kind",
    "State",
    "Submission",
    "SubmissionEvent",
]
