"""The shapes of what is sent and answered. What is not named here does not get out."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from ninja import Field, Schema

Item = TypeVar("Item")
LARGEST_REVISION = 2**31 - 2


class Page(Schema, Generic[Item]):
    """A part of a list. `next` is the address of the following part, null on the last one."""

    items: list[Item]
    total: int
    page: int
    size: int
    next: str | None


class Paging(Schema):
    """Which part of a list."""

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    size: Annotated[int, Field(ge=1, le=100)] = 20


class Me(Schema):
    """Who the token is. `scope` and `token` are null for a session."""

    email: str
    name: str
    role: str
    time_zone: str
    token: str | None
    scope: Literal["read", "submit"] | None
    expires_at: datetime | None


class PartOut(Schema):
    """A part and how much of it the best submission earned."""

    id: str
    title: str
    points: float
    earned: float


class ChallengeRowOut(Schema):
    """A challenge in the catalogue, with where one stands."""

    slug: str
    title: str
    summary: str
    kind: str
    difficulty: str
    topics: list[str]
    runtime: str
    minutes: int
    state: Literal["new", "tried", "solved"]
    best: float | None
    parts: list[PartOut]
    url: str


class NameOut(Schema):
    """A name that the file has to define."""

    name: str
    kind: str
    signature: str


class CaseOut(Schema):
    """A case. Of hidden ones no more than the title is known before they fail."""

    id: str
    title: str
    points: float
    sample: bool


class PartWithCases(Schema):
    """A part and what it is graded on."""

    id: str
    title: str
    points: float
    cases: list[CaseOut]


class ChallengeOut(Schema):
    """Everything that one needs to solve a challenge. `statement` is Markdown."""

    slug: str
    title: str
    summary: str
    kind: str
    difficulty: str
    topics: list[str]
    runtime: str
    minutes: int
    version: int
    statement: str
    starter: str
    contract: list[NameOut]
    parts: list[PartWithCases]
    limits: dict[str, Any]
    url: str


class DraftOut(Schema):
    """What is typed so far; revision 0 is the starter."""

    source: str
    revision: int
    saved_at: datetime | None


class DraftIn(Schema):
    """A draft on top of the revision that it was typed on."""

    source: str
    revision: Annotated[int, Field(ge=0, le=LARGEST_REVISION)]


class SavedOut(Schema):
    """The revision that was made."""

    revision: int
    saved_at: datetime


class SubmissionIn(Schema):
    """A file to be graded: `run` takes the sample cases only, `submit` all cases for the score."""

    source: str
    kind: Literal["run", "submit"] = "submit"


class SubmissionRowOut(Schema):
    """A submission in a list. `verdict` and `score` are null until it is finished."""

    id: UUID
    challenge: str
    version: int
    kind: Literal["run", "submit"]
    state: Literal["queued", "running", "finished", "cancelled"]
    verdict: str | None
    score: float | None
    created_at: datetime
    finished_at: datetime | None
    url: str
    events_url: str
    state_url: str


class CaseResultOut(Schema):
    """How a case ended. `outcome` is null before; hidden cases have neither `seconds` nor `difference`."""

    id: str
    part: str
    title: str
    points: float
    sample: bool
    earned: float | None
    outcome: str | None
    seconds: float | None
    hint: str | None
    message: str | None
    line: int | None
    difference: dict[str, Any] | None
    forbidden: bool | None


class SubmissionOut(SubmissionRowOut):
    """A submission with its results so far."""

    message: str
    line: int | None
    source: str
    output: dict[str, str]
    cases: list[CaseResultOut]


class EventOut(Schema):
    """One event of a submission's story, as the stream tells it."""

    id: str
    type: str
    data: dict[str, Any]


class StateOut(Schema):
    """A submission now, and what was told since. `position` is its place in the queue."""

    state: Literal["queued", "running", "finished", "cancelled"]
    verdict: str | None
    score: float | None
    position: int | None
    ahead: int | None
    events: list[EventOut]


class CancelledOut(Schema):
    """What state it is in now; one that was graded already stays finished."""

    state: Literal["queued", "running", "finished", "cancelled"]
