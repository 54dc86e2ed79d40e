"""Whom an interview or a project is shared with: people by their addresses, teams by their names."""

from collections.abc import Collection
from typing import TypedDict

from django.db.models import Prefetch, Q, QuerySet

from gradetape.accounts.forms import tidy
from gradetape.accounts.models import Role, Team, User


class Shared(TypedDict):
    """Who has something, as parts/sharing.html shows it; of a team those alone whose role lets them in, as `able`."""

    people: QuerySet[User]
    teams: QuerySet[Team]
    team_names: QuerySet[Team, str]


def able(roles: Collection[Role]) -> QuerySet[User]:
    """The people with one of these roles."""
    return User.objects.filter(is_active=True, role__in=roles)


def find(who: str, roles: Collection[Role]) -> User | Team | None:
    """The person with this address and one of the roles, or the team of this name, however its letters are written."""
    if "@" in who:
        return able(roles).filter(email=who.strip().lower()).first()
    return Team.objects.filter(name__iexact=tidy(who)).first()


def about(found: User | Team) -> str:
    """What the audit log calls somebody, or a team."""
    return f"team:{found.pk}" if isinstance(found, Team) else f"user:{found.pk}"


def somebody_stays(people: QuerySet[User], teams: QuerySet[Team], roles: Collection[Role]) -> bool:
    """Whether among these people and the members of these teams there is anybody with one of the roles."""
    return able(roles).filter(Q(pk__in=people.values("pk")) | Q(teams__in=teams.values("pk"))).exists()


def shared_with(people: QuerySet[User], teams: QuerySet[Team], roles: Collection[Role]) -> Shared:
    """All that the section about it needs. Three queries, however many people and teams there are."""
    members = Prefetch("members", queryset=able(roles), to_attr="able")
    return {
        "people": people,
        "teams": teams.prefetch_related(members),
        "team_names": Team.objects.values_list("name", flat=True),
    }
