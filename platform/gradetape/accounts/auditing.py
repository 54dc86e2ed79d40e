"""What the audit log is told of accounts and teams that administrators change."""

from collections.abc import Iterable
from typing import Any

from gradetape.accounts.models import Team, User
from gradetape.audit import log

SCOPE = "accounts"
# What each change of a field is called in the log.
CHANGES = {"role": "role.changed", "trusted_to_publish": "trust.changed", "is_active": "account.switched"}


def facts_of(user: User) -> dict[str, Any]:
    """What somebody may do, as plain data."""
    return {name: getattr(user, name) for name in CHANGES}


def record_made(*, by: User, user: User) -> None:
    """An account that somebody made for somebody else."""
    log.record(actor=by, action="account.made", scope=SCOPE, about=f"user:{user.pk}", **facts_of(user))


def record_changes(*, by: User, user: User, before: dict[str, Any]) -> None:
    """An entry for each thing that somebody may do now and could not before, or the other way round."""
    for name, now in facts_of(user).items():
        if now != before[name]:
            details = {"was": before[name], "now": now}
            log.record(actor=by, action=CHANGES[name], scope=SCOPE, about=f"user:{user.pk}", **details)


def record_deleted(*, by: User, user_id: int) -> None:
    """An account that somebody else deleted; whose it was is not kept."""
    log.record(actor=by, action="account.deleted", scope=SCOPE, about=f"user:{user_id}")


def record_team(*, by: User, team: Team, name_before: str, members_before: Iterable[int]) -> None:
    """A team that was made (it had no name before), or its new name; who came, and who left."""
    before, now = set(members_before), set(team.members.values_list("pk", flat=True))
    if not name_before:
        log.record(actor=by, action="team.made", scope=team.scope, name=team.name)
    elif name_before != team.name:
        log.record(actor=by, action="team.renamed", scope=team.scope, was=name_before, now=team.name)
    for action, people in (("team.joined", now - before), ("team.left", before - now)):
        for pk in sorted(people):
            log.record(actor=by, action=action, scope=team.scope, about=f"user:{pk}")


def record_team_deleted(*, by: User, team: Team) -> None:
    """A team that is no more; what it was shared with goes on without it."""
    log.record(actor=by, action="team.deleted", scope=team.scope, name=team.name)
