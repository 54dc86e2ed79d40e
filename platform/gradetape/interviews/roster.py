"""The candidates of an interview as its page lists them: under the names that interviewers may know, in their order."""

from collections.abc import Sequence
from typing import NamedTuple

from gradetape.interviews.models import Interview, Invitation, Task
from gradetape.interviews.naming import names_of
from gradetape.interviews.progress import CandidateRow, candidates_of


class Roster(NamedTuple):
    """`rows`: results with the names to show. `invitations`: where names are hidden, who was invited, without results.

    Hidden, nothing says which invitation belongs to which row: rows are in the order of their numbers and hold
    whoever has come; invitations are in the order of their addresses, and hold everybody.
    """

    rows: list[tuple[str, CandidateRow]]
    invitations: list[Invitation]


def roster_of(interview: Interview, tasks: Sequence[Task]) -> Roster:
    """Everybody who was invited."""
    found = {row.invitation.pk: row for row in candidates_of(interview, tasks)}
    names = names_of(interview, [row.invitation for row in found.values()])
    rows = [(name, found[pk]) for pk, name in names.items()]
    if not interview.hides_names:
        return Roster(rows, [])
    everybody = sorted((row.invitation for row in found.values()), key=lambda one: one.email)
    return Roster([(name, row) for name, row in rows if row.sitting], everybody)
