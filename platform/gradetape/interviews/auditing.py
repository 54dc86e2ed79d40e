"""The audit log of one interview, as its team reads it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from gradetape.accounts.models import Team, User
from gradetape.audit import log
from gradetape.audit.models import AuditEntry
from gradetape.audit.words import Line, lines_of, wording_of
from gradetape.interviews.models import Interview
from gradetape.interviews.naming import names_of
from gradetape.submissions.models import Submission

GONE = "a candidate who was deleted"


class Row(NamedTuple):
    """One entry in words."""

    entry: AuditEntry
    who: str
    what: str
    details: list[Line]


class Choice(NamedTuple):
    """Something to filter by."""

    value: str
    label: str


def people_of(interview: Interview) -> list[Choice]:
    """Everybody whose entries there are."""
    found = User.objects.filter(audit_entries__scope=interview.scope).distinct()
    return [Choice(str(user.pk), str(user)) for user in found]


def kinds_of(interview: Interview) -> list[Choice]:
    """What was done, in words."""
    actions = log.entries_of(interview.scope).order_by().values_list("action", flat=True).distinct()
    return sorted(
        (Choice(one, wording_of(one).text.format(about="somebody").capitalize()) for one in actions),
        key=lambda choice: choice.label,
    )


def entries(interview: Interview, *, person: str, kind: str) -> QuerySet[AuditEntry]:
    """The entries of a person and of a kind; of all where a filter is empty, and none for what is no person."""
    found = log.entries_of(interview.scope)
    if kind:
        found = found.filter(action=kind)
    if not person:
        return found
    return found.filter(actor=int(person)) if person.isdecimal() and len(person) < 12 else found.none()


def rows(interview: Interview, found: Iterable[AuditEntry]) -> list[Row]:
    """The entries in words. However many they are, a few queries."""
    listed = list(found)
    subjects = Subjects(interview, listed)
    return [
        Row(
            entry,
            str(entry.actor) if entry.actor else "GradeTape" if entry.details.get("by_itself") else "Somebody who left",
            wording_of(entry.action).text.format(about=subjects.name(entry)),
            lines_of(entry.action, entry.details),
        )
        for entry in listed
    ]


def _ids(listed: list[AuditEntry], kind: str) -> list[str]:
    return [entry.about.partition(":")[2] for entry in listed if entry.about.startswith(f"{kind}:")]


class Subjects:
    """Whom entries are about: candidates by the names that interviewers may know, colleagues by their own.

    Where names are hidden, entries about an invitation name nobody: whoever knows when they invited whom would
    learn the number from its time.
    """

    def __init__(self, interview: Interview, listed: list[AuditEntry]) -> None:
        self.hides_names = interview.hides_names
        everybody = list(interview.invitations.select_related("sitting__candidate"))
        self.names: Mapping[UUID, str] = names_of(interview, everybody)
        seats = {one.sitting.candidate_id: one.sitting for one in everybody if hasattr(one, "sitting")}
        self.sittings = {str(seat.pk): seat.invitation_id for seat in seats.values()}
        self.tasks: dict[str, str] = {}
        for task in interview.tasks.select_related("challenge"):
            self.tasks |= dict.fromkeys((str(task.pk), task.challenge.slug), task.challenge.title)
        users = User.objects.filter(pk__in=_ids(listed, "user"))
        self.users = {str(user.pk): str(user) for user in users}
        teams = Team.objects.filter(pk__in=_ids(listed, "team"))
        self.teams = {str(team.pk): f"the team {team}" for team in teams}
        sent = Submission.objects.filter(pk__in=_ids(listed, "submission"), candidate__in=seats)
        for pk, candidate in sent.values_list("pk", "candidate"):
            self.sittings[str(pk)] = seats[candidate].invitation_id

    def name(self, entry: AuditEntry) -> str:
        """What to call whom an entry is about."""
        kind, _, key = entry.about.partition(":")
        if kind == "user":
            return self.users.get(key, "somebody who left")
        if kind == "team":
            return self.teams.get(key, "a team that is no more")
        if kind in {"sitting", "submission"}:
            invitation = self.sittings.get(key)
            return self.names[invitation] if invitation else GONE
        if kind == "invitation":
            return "somebody" if self.hides_names else self.names.get(UUID(key), GONE)
        if kind == "task":
            return self.tasks.get(key, key)
        return "somebody" if kind else "everybody"
