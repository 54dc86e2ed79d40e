"""Why something can't be done. A class's docstring is its default message; people read it."""

from gradetape.exceptions import GradeTapeError


class InterviewError(GradeTapeError):
    """This can't be done."""


class NotADraft(InterviewError):
    """Only a draft can be changed or opened: candidates shall all have had the same. Duplicate it to change it."""


class NotOpen(InterviewError):
    """Only an interview that is open takes people. Open it first."""


class NothingToAsk(InterviewError):
    """This interview has no challenge yet. Add one, then open it."""


class NotPublished(InterviewError):
    """One of the challenges is not published any more. Take it out, then open the interview."""


class NotArchived(InterviewError):
    """Only an archived interview can be deleted. Archive it first."""


class StillSitting(InterviewError):
    """Somebody is in the middle of it. Wait until their time is over, or delete them first."""


class LastOfTheTeam(InterviewError):
    """Some interviewer has to stay, by themselves or in a team. Add somebody else first."""


class NoSuchInterviewer(InterviewError):
    """No interviewer has this address, and no team this name. Administrators give out the role, and make teams."""


class LinkOfNoUse(InterviewError):
    """This link lets nobody in any more. Ask whoever invited you for a new one."""


class NotNow(InterviewError):
    """This interview can't be started now."""


class TimeIsUp(InterviewError):
    """The time is up. What you had typed until then has been handed in."""

    code = "time_up"
