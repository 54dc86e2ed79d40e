"""The rows of a submission, of its grading, and of the drafts it comes from."""

from gradetape.submissions.models.draft import Draft, DraftVersion, Snippet
from gradetape.submissions.models.editor import EditorSettings
from gradetape.submissions.models.record import Attempt, CaseResult, Ending, SubmissionEvent
from gradetape.submissions.models.submission import OPEN, QUEUES, Kind, State, Submission

__all__ = [
    "OPEN",
    "QUEUES",
    "Attempt",
    "CaseResult",
    "Draft",
    "DraftVersion",
    "EditorSettings",
    "Ending",
    "Kind",
    "Snippet",
    "State",
    "Submission",
    "SubmissionEvent",
]
