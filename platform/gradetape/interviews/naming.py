"""What interviewers call a candidate: by name, or by a number where the interview hides names."""

import hashlib
from collections.abc import Iterable, Mapping
from uuid import UUID

from gradetape.interviews.models import Interview, Invitation, Sitting


def names_of(interview: Interview, invitations: Iterable[Invitation]) -> Mapping[UUID, str]:
    """What to call everybody who was invited, by the invitation's id, in the order to show them in.

    `invitations` are all of the interview, with their sittings and candidates selected. Hidden, they are counted in an
    order that says nothing of when somebody was invited; it changes only when more people are.
    """
    everybody = list(invitations)
    if interview.hides_names:
        everybody.sort(key=_shuffled)
        return {one.pk: f"Candidate {number}" for number, one in enumerate(everybody, start=1)}
    return {one.pk: _name(one) for one in everybody}


def name_of(sitting: Sitting) -> str:
    """What to call one candidate. A query for hidden names, else none where invitation and candidate are selected."""
    interview = sitting.interview
    if interview.hides_names:
        return names_of(interview, interview.invitations.only("pk", "interview"))[sitting.invitation_id]
    return str(sitting.candidate)


def shown_to_everybody(sitting: Sitting) -> str:
    """The name, or that it is hidden: for lists of many interviews. No query where all three rows are selected."""
    return "hidden" if sitting.interview.hides_names else str(sitting.candidate)


def _shuffled(invitation: Invitation) -> bytes:
    return hashlib.sha256(invitation.interview_id.bytes + invitation.pk.bytes).digest()


def _name(invitation: Invitation) -> str:
    sitting = getattr(invitation, "sitting", None)
    return str(sitting.candidate) if sitting else invitation.name or invitation.email
