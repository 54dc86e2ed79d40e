"""What was done to a project or a challenge, in words, as authors read it."""

from collections.abc import Iterable
from typing import NamedTuple

from gradetape.accounts.models import Team, User
from gradetape.audit import log
from gradetape.audit.models import AuditEntry
from gradetape.audit.words import Line, lines_of, wording_of
from gradetape.authoring.models import Mode

NEWEST = 12


class Row(NamedTuple):
    """One entry in words."""

    entry: AuditEntry
    who: str
    what: str
    details: list[Line]


def newest_of(scope: str) -> list[Row]:
    """The newest entries of a scope. However many people they name, three queries."""
    entries = list(log.entries_of(scope)[:NEWEST])
    users, teams = _ids(entries, "user"), _ids(entries, "team")
    names = {f"user:{user.pk}": str(user) for user in User.objects.filter(pk__in=users)} if users else {}
    names |= {f"team:{team.pk}": str(team) for team in Team.objects.filter(pk__in=teams)} if teams else {}
    return [
        Row(
            entry,
            str(entry.actor) if entry.actor else "somebody who left",
            wording_of(entry.action).text.format(about=_name(entry.about, names)),
            lines_of(entry.action, _plain(entry)),
        )
        for entry in entries
    ]


def _ids(entries: Iterable[AuditEntry], kind: str) -> list[str]:
    return [entry.about.partition(":")[2] for entry in entries if entry.about.startswith(f"{kind}:")]


def _name(about: str, names: dict[str, str]) -> str:
    """What to call what an entry is about."""
    kind, _, key = about.partition(":")
    if kind == "version":
        return f"version {key}"
    return key if kind == "file" else names.get(about, "somebody who left")


def _plain(entry: AuditEntry) -> dict[str, object]:
    """The details; what was chosen for what was sent already in the words in which it was chosen."""
    mode = entry.details.get("mode")
    return entry.details | ({"mode": Mode(mode).label} if mode in Mode.values else {})
