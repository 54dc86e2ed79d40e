"""Rubrics: criteria with five levels each, and what scores come to. Nothing here knows a database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HIGHEST = 4
LEVELS = HIGHEST + 1


@dataclass(frozen=True)
class Criterion:
    """A row of a rubric. `id` stays through all editions; `wording` is the edition that wrote it as it reads now."""

    id: str
    title: str
    levels: tuple[str, ...]
    weight: int = 1
    wording: int = 0

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Criterion":
        """From the plain data of an edition."""
        return cls(**{**data, "levels": tuple(data["levels"])})

    @property
    def words(self) -> tuple[str, ...]:
        """What somebody reads who scores it."""
        return (self.title, *self.levels)


@dataclass(frozen=True)
class Rubric:
    """The criteria of a task, in their order. `edition` 0 is what the challenge brings along."""

    edition: int
    criteria: tuple[Criterion, ...]

    def criterion(self, name: str) -> Criterion | None:
        return next((one for one in self.criteria if one.id == name), None)


def share(rubric: Rubric, levels: Mapping[str, int]) -> float | None:
    """What scores come to, 0 to 1, by the criteria's weights. What was not scored is left out; None: nothing was."""
    scored = [(one.weight, levels[one.id]) for one in rubric.criteria if one.id in levels]
    weights = sum(weight for weight, _ in scored)
    return sum(weight * level for weight, level in scored) / (HIGHEST * weights) if weights else None


def together(shares: Iterable[tuple[int, float | None]]) -> float | None:
    """Shares of several tasks as one, by the tasks' weights; tasks without one are left out."""
    known: Sequence[tuple[int, float]] = [(weight, one) for weight, one in shares if one is not None]
    weights = sum(weight for weight, _ in known)
    return sum(weight * one for weight, one in known) / weights if weights else None
