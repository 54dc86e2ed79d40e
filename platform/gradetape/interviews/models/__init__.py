"""What an interview consists of."""

from gradetape.interviews.models.interview import AfterKeeping, Interview, InterviewState, Task, Visibility
from gradetape.interviews.models.invitation import Invitation, InvitationState
from gradetape.interviews.models.sitting import Ending, Sitting, SittingState

__all__ = [
    "AfterKeeping",
    "Ending",
    "Interview",
    "InterviewState",
    "Invitation",
    "InvitationState",
    "Sitting",
    "SittingState",
    "Task",
    "Visibility",
]
