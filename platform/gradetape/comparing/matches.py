"""What is alike, in the words of a page: whose submissions, how much, and where both are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from gradetape.comparing.candidates import Candidate, counting
from gradetape.comparing.likeness import REFERENCE, Known, likeness_of, published_for
from gradetape.comparing.sides import Line, side_by_side
from gradetape.comparing.similarity import Pair, alike, read
from gradetape.interviews.models import Interview, Task
from gradetape.submissions.models import Submission


@dataclass(frozen=True)
class Match:
    """Two that are alike. `percent` of the shorter one stands in the other, too."""

    a: str
    b: str
    percent: int
    url: str


@dataclass(frozen=True)
class Matches:
    """What was found for a task; `is_known` is false while a worker is at it."""

    task: Task
    compared: int
    is_known: bool
    found: Sequence[Match]


@dataclass(frozen=True)
class Side:
    """One of two texts."""

    name: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Sides:
    """Both of them."""

    a: Side
    b: Side
    percent: int
    stretches: int


def matches_of(interview: Interview, tasks: Sequence[Task], candidates: Sequence[Candidate]) -> list[Matches]:
    """For each task that is pinned and for which somebody sent something."""
    counts = counting(candidates)
    pinned = [task for task in tasks if task.version and task.pk in counts]
    known = likeness_of(pinned, counts)
    owners = {str(earned.mark.submission_id): one for one in candidates for earned in one.earned if earned}
    found = []
    for task in pinned:
        likeness = known[task.pk]
        pairs = sorted([*likeness.among, *likeness.published], key=lambda pair: -pair.share) if likeness else []
        matches = [_match(interview, task, pair, owners) for pair in pairs]
        found.append(Matches(task, len(counts[task.pk]), likeness is not None, matches))
    return found


def _match(interview: Interview, task: Task, pair: Pair, owners: dict[str, Candidate]) -> Match:
    one, other = owners[pair.a], owners.get(pair.b)
    page = reverse("interview_similar", args=[interview.pk, task.challenge.slug])
    asked = urlencode({"a": one.sitting.pk, "b": other.sitting.pk if other else pair.b})
    return Match(one.name, other.name if other else title_of(pair.b), int(100 * pair.share), f"{page}?{asked}")


def title_of(published: str) -> str:
    """What was published, as pages call it."""
    return "the reference" if published == REFERENCE else "the documented answer"


def choices_of(task: Task, candidates: Sequence[Candidate]) -> list[tuple[str, str]]:
    """What can be set beside each other: the value in the address, and what it is called."""
    sent = [one for one in candidates if any(earned and earned.task.pk == task.pk for earned in one.earned)]
    return [(str(one.sitting.pk), one.name) for one in sent]


def published_choices(task: Task) -> list[tuple[str, str]]:
    """The same of what was published, for the second side."""
    names = list(published_for(task))
    return [(name, f"{title_of(name)}{_counted(name, names)}") for name in names]


def _counted(name: str, names: Sequence[str]) -> str:
    """Of several documented answers each says which one it is."""
    return f" {names.index(name)}" if name != REFERENCE and len(names) > 2 else ""


def sides_of(task: Task, candidates: Sequence[Candidate], a: str, b: str) -> Sides | None:
    """Both texts by the ids of their sittings, or the second by the name of what was published; None: no such."""
    ones = {str(one.sitting.pk): one for one in candidates}
    ours, theirs = _source(task, ones.get(a)), _source(task, ones.get(b))
    published = published_for(task)
    if ours is None or a == b or (theirs is None and b not in published):
        return None
    known = Known.of(task)
    if theirs is None:
        name, source, texts = title_of(b), published[b], (read(ours, known.given), known.published[b])
    else:
        name, source, texts = ones[b].name, theirs, (read(ours, known.all), read(theirs, known.all))
    left, right, stretches = side_by_side(ours, texts[0], source, texts[1])
    return Sides(Side(ones[a].name, left), Side(name, right), int(100 * alike(*texts)), stretches)


def _source(task: Task, one: Candidate | None) -> str | None:
    """What somebody sent that counts for the task."""
    earned = next((earned for earned in one.earned if earned and earned.task.pk == task.pk), None) if one else None
    if earned is None:
        return None
    return Submission.objects.only("source").get(pk=earned.mark.submission_id).text
