"""The catalogue as one person sees it: searched, filtered, sorted and paged by the database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, FilteredRelation, IntegerField, Min, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower
from django.http import QueryDict

from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge, ChallengeTopic, ChallengeVersion, Difficulty, Kind
from gradetape.standings.models import State

ROWS_A_PAGE = 25
LONGEST_SEARCH = 100
MOST_WORDS = 8
MOST_TOPICS = 300
COLUMNS = (
    "slug", "title", "summary", "kind", "difficulty", "topics", "runtime", "minutes", "live__parts", "live__cases",
)  # fmt: skip
RANKS = {Difficulty.EASY: 1, Difficulty.MEDIUM: 2, Difficulty.HARD: 3}
RANK = Case(*(When(difficulty=name, then=rank) for name, rank in RANKS.items()), default=9, output_field=IntegerField())
RUNTIMES = {"keras3": "Keras 3", "keras2": "Keras 2 (tf-keras)"}
SORTS: dict[str, tuple[str, list[Any]]] = {
    "": ("Title", []),
    "easiest": ("Easiest first", [RANK]),
    "hardest": ("Hardest first", [RANK.desc()]),
    "shortest": ("Shortest first", ["minutes"]),
    "newest": ("Newest first", ["-live__created_at"]),
    "best": ("Your best score", [F("best").desc(nulls_last=True)]),
    "worst": ("Your lowest score", [F("best").asc(nulls_last=True)]),
    "recent": ("Last worked on", [F("active_at").desc(nulls_last=True)]),
}


@dataclass(frozen=True)
class Filters:
    """What the address asks to see. An empty value asks for everything; one that isn't offered is as good as empty."""

    q: str = ""
    kind: str = ""
    topic: str = ""
    difficulty: str = ""
    state: str = ""
    runtime: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        asked = {name: _clean(query.get(name, "")) for name in cls.__dataclass_fields__}
        known = {"kind": Kind.values, "difficulty": Difficulty.values, "state": State.values, "sort": SORTS}
        return cls(**{name: value if value in known.get(name, [value]) else "" for name, value in asked.items()})

    @property
    def are_set(self) -> bool:
        """Whether anything is left out."""
        return any(value for name, value in vars(self).items() if name != "sort")

    def address(self, **changes: object) -> str:
        """The query of an address that asks for this, with changes; what is empty is left out."""
        asked = {**vars(self), **changes}
        return "?" + urlencode({name: value for name, value in asked.items() if value not in {"", None}})


def _clean(text: str) -> str:
    """What a database takes: PostgreSQL refuses a NUL character."""
    return "".join(character for character in text if character.isprintable()).strip()[:LONGEST_SEARCH]


@dataclass(frozen=True)
class PartRow:
    """How much of a part the best submission earned."""

    id: str
    title: str
    points: float
    earned: float


@dataclass(frozen=True)
class ChallengeRow:
    """A challenge as one person sees it. `best` is the best score, None before the first."""

    challenge: Challenge
    version: ChallengeVersion
    state: str
    best: float | None
    attempts: int = 0
    seconds: float = 0
    active_at: datetime | None = None
    # Whether they asked for the solution before they had solved it.
    given_up: bool = False
    parts: list[PartRow] = field(default_factory=list)

    @property
    def points(self) -> float:
        return sum(part.points for part in self.parts)

    @property
    def complete(self) -> int:
        """How many parts have all their points."""
        return len(self.parts) - len(self.left)

    @property
    def left(self) -> list[PartRow]:
        """The parts that still have points to earn."""
        return [part for part in self.parts if part.earned < part.points]


def with_standing(user: User) -> "QuerySet[Any]":
    """Every challenge that somebody may see, with where they stand as `state`, `best`, `earned` and `active_at`."""
    mine = FilteredRelation("standings", condition=Q(standings__user=user))
    surrender = FilteredRelation("given_up", condition=Q(given_up__candidate=user))
    return (
        Challenge.objects.visible_to(user)
        .annotate(mine=mine, surrender=surrender)
        .annotate(
            state=Coalesce("mine__state", Value(State.NEW.value)),
            best=F("mine__best"),
            earned=F("mine__parts"),
            attempts=Coalesce("mine__attempts", Value(0)),
            seconds=Coalesce("mine__seconds", Value(0.0)),
            active_at=F("mine__active_at"),
            given_up_at=F("surrender__at"),
        )
    )


def rows_of(user: User, challenges: "QuerySet[Any]") -> list[ChallengeRow]:
    """The rows of challenges that come from `with_standing`, in their order.

    Two queries: sorting thousands is quick as long as what is sorted is narrow.
    """
    wanted = list(challenges.values_list("pk", flat=True))
    wide = with_standing(user).filter(pk__in=wanted).select_related("live").only(*COLUMNS).order_by()
    found = {row.pk: row for row in wide}
    return [_row(found[pk]) for pk in wanted if pk in found]


def _row(challenge: Any) -> ChallengeRow:
    earned = challenge.earned or {}
    return ChallengeRow(
        challenge=challenge,
        version=challenge.live,
        state=challenge.state,
        best=challenge.best,
        attempts=challenge.attempts,
        seconds=challenge.seconds,
        active_at=challenge.active_at,
        given_up=challenge.given_up_at is not None,
        parts=[
            PartRow(part["id"], part["title"], part["points"], min(earned.get(part["id"], 0), part["points"]))
            for part in challenge.live.parts
        ],
    )


def matching(user: User, filters: Filters) -> "QuerySet[Any]":
    """The challenges that were asked for, in the order that was asked for."""
    found = with_standing(user)
    for word in filters.q.casefold().split()[:MOST_WORDS]:
        found = found.filter(words__contains=word)
    exact = {name: getattr(filters, name) for name in ("kind", "difficulty", "runtime", "state")}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if filters.topic:
        found = found.filter(topic_rows__key=filters.topic.casefold())
    return found.order_by(*SORTS[filters.sort][1], Lower("title"), "pk")


def page_of(user: User, filters: Filters, number: str) -> tuple[Page[Any], list[ChallengeRow]]:
    """One page of what was asked for, the nearest there is; three queries."""
    page = Paginator(matching(user, filters), ROWS_A_PAGE).get_page(number)
    return page, rows_of(user, page.object_list)  # type: ignore[arg-type]  # a slice of the query above


def totals_of(user: User) -> dict[str, int]:
    """How many challenges there are, and how many are solved and tried; one query."""
    states = with_standing(user).order_by()
    return states.aggregate(
        total=Count("pk"),
        solved=Count("pk", filter=Q(state=State.SOLVED)),
        tried=Count("pk", filter=Q(state=State.TRIED)),
    )


@dataclass(frozen=True)
class Choice:
    """One entry of a list to choose from."""

    value: str
    label: str
    is_chosen: bool = False


def topics_of(user: User, chosen: str) -> list[Choice]:
    """The topics there are, with how many challenges have them: the most common ones, by name; one query."""
    rows = ChallengeTopic.objects.filter(challenge__in=Challenge.objects.visible_to(user)).order_by()
    counted = rows.values_list("key").annotate(count=Count("pk"), name=Min("name")).order_by("-count", "key")
    topics = [(key, f"{name} ({count})") for key, count, name in counted[:MOST_TOPICS]]
    return [Choice(key, label, key == chosen.casefold()) for key, label in sorted(topics)]


def choices_of(user: User, filters: Filters) -> dict[str, list[Choice]]:
    """What can be chosen in each list of the form, with "all" on top; two queries."""
    runtimes = Challenge.objects.visible_to(user).order_by("runtime").values_list("runtime", flat=True).distinct()
    offered: dict[str, Iterable[tuple[str, str]]] = {
        "kind": [("", "All kinds"), *((kind.value, str(kind.label)) for kind in Kind)],
        "difficulty": [("", "Any difficulty"), *((level.value, str(level.label)) for level in Difficulty)],
        "state": [("", "Any state"), *((state.value, str(state.label)) for state in State)],
        "runtime": [("", "Any runtime"), *((name, RUNTIMES.get(name, name)) for name in runtimes)],
        "sort": [(name, label) for name, (label, _) in SORTS.items()],
    }
    lists = {
        name: [Choice(value, label, value == getattr(filters, name)) for value, label in entries]
        for name, entries in offered.items()
    }
    topics = topics_of(user, filters.topic)
    return {**lists, "topic": [Choice("", "All topics", not filters.topic), *topics]}
