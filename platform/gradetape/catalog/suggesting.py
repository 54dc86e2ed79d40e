"""What to try next: what is nearly done, then new challenges of the right level that build on what was met before."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F
from django.db.models.functions import Abs

from gradetape.accounts.models import User
from gradetape.catalog.listing import RANK, RANKS, ChallengeRow, rows_of, with_standing
from gradetape.catalog.models import ChallengeTopic, Difficulty
from gradetape.standings.models import Standing, State

NEARLY = 2
SUGGESTIONS = 3
# So many solved at one level, and the next level is the one to suggest.
ENOUGH = 3
NAMED_TOPICS = 2
# Among so many that fit by their level the topics decide.
CANDIDATES = 100


@dataclass(frozen=True)
class Suggestion:
    """A challenge, and in a few words why this one."""

    row: ChallengeRow
    reason: str


def suggestions_for(user: User) -> list[Suggestion]:
    """Up to three challenges; eight queries, however many challenges there are."""
    tried = with_standing(user).filter(state=State.TRIED)
    begun = rows_of(user, tried.order_by(F("best").desc(nulls_last=True), "-active_at")[:NEARLY])
    met = ChallengeTopic.objects.filter(challenge__standings__in=_met(user)).values("key")
    chosen = _fresh(user, met, SUGGESTIONS - len(begun))
    fresh = sorted(
        rows_of(user, with_standing(user).filter(pk__in=chosen)), key=lambda row: chosen.index(row.challenge.pk)
    )
    known = set(_topics_of(chosen).filter(key__in=met).values_list("key", flat=True))
    return [
        *(Suggestion(row, _what_is_left(row)) for row in begun),
        *(Suggestion(row, _what_is_shared(row, known)) for row in fresh),
    ]


def _topics_of(challenges: list[int]) -> Any:
    return ChallengeTopic.objects.filter(challenge__in=challenges).order_by()


def _met(user: User) -> Any:
    return Standing.objects.visible_to(user).exclude(state=State.NEW)


def _fresh(user: User, met: Any, number: int) -> list[int]:
    """New challenges: first those of the level that comes next, then those that share most topics with earlier ones."""
    level = level_of(user)
    near = with_standing(user).filter(state=State.NEW).order_by(Abs(RANK - level), "minutes", "pk")[:CANDIDATES]
    candidates = list(near.values_list("pk", "difficulty", "minutes"))
    topics = _topics_of([pk for pk, _, _ in candidates]).filter(key__in=met)
    shared = Counter(dict(topics.values_list("challenge").annotate(count=Count("pk"))))
    # Sorting keeps the order of equals: the shorter one stays first.
    candidates.sort(key=lambda row: (abs(RANKS[Difficulty(row[1])] - level), -shared[row[0]]))
    return [pk for pk, _, _ in candidates[:number]]


def level_of(user: User) -> int:
    """The rank of the difficulty that comes next: the lowest one with less than a few solved."""
    solved = Standing.objects.visible_to(user).filter(state=State.SOLVED).order_by()
    counts = Counter(dict(solved.values_list("challenge__difficulty").annotate(count=Count("pk"))))
    return next((rank for level, rank in RANKS.items() if counts[level] < ENOUGH), RANKS[Difficulty.HARD])


def _what_is_left(row: ChallengeRow) -> str:
    if row.best is None:
        return "Begun: submit it to see how far it is."
    left = row.left
    if not left:
        return "Nearly there."
    if len(left) == 1:
        return f"One part left: {left[0].title}."
    return f"{row.complete} of {len(row.parts)} parts are complete."


def _what_is_shared(row: ChallengeRow, known: set[str]) -> str:
    shared = [topic for topic in row.challenge.topics if topic.casefold() in known][:NAMED_TOPICS]
    if shared:
        return f"You have met {' and '.join(shared)} before."
    return f"New to you: {', '.join(row.challenge.topics[:NAMED_TOPICS])}." if row.challenge.topics else "New to you."
