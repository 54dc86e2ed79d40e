"""What a score can rest on, read from addresses as people copy them, and shown as links again."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from django.urls import reverse

from gradetape.interviews.models import Sitting, Task
from gradetape.reviews.attempts import attempts_of, last_line
from gradetape.reviews.exceptions import NoSuchEvidence
from gradetape.reviews.models import Evidence


@dataclass(frozen=True)
class Pointer:
    """A moment or a line that exists; `fields` are those of the row."""

    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Link:
    """A piece of evidence as pages show it."""

    evidence: Evidence
    words: str
    url: str


def pointed_at(text: str, sitting: Sitting, tasks: list[Task]) -> Pointer:
    """What a pasted address leads to. Raises NoSuchEvidence, also for what belongs to another sitting."""
    try:
        address = urlsplit(text.strip())
        asked = {name: values[-1] for name, values in parse_qs(address.query).items()}
        if address.path == _page("interview_replay", sitting):
            return _moment(asked, sitting, tasks)
        if address.path == _page("interview_review", sitting):
            return _line(asked, sitting, tasks)
    except (ValueError, KeyError) as error:
        raise NoSuchEvidence from error
    raise NoSuchEvidence


def _moment(asked: Mapping[str, str], sitting: Sitting, tasks: list[Task]) -> Pointer:
    at = float(asked["at"])
    if not math.isfinite(at) or not 0 <= at <= sitting.length * 60 * 4:
        raise NoSuchEvidence
    task = next((one for one in tasks if one.challenge.slug == asked.get("task")), None)
    return Pointer({"at": round(at, 3), "task": task})


def _line(asked: Mapping[str, str], sitting: Sitting, tasks: list[Task]) -> Pointer:
    versions = [task.version_id for task in tasks]
    submission = attempts_of(sitting).filter(pk=UUID(asked["attempt"]), version__in=versions).first()
    line = int(asked["line"])
    if submission is None or not 1 <= line <= last_line(submission):
        raise NoSuchEvidence
    return Pointer({"submission": submission, "line": line})


def link_of(evidence: Evidence, sitting: Sitting, tasks: list[Task]) -> Link:
    """Where it leads. `evidence` with its submission selected."""
    if evidence.line is None:
        task = next((one for one in tasks if one.pk == evidence.task_id), None)
        asked: dict[str, Any] = {"at": f"{evidence.at:g}"} | ({"task": task.challenge.slug} if task else {})
        return Link(
            evidence, f"at {_clock(evidence.at or 0)}", f"{_page('interview_replay', sitting)}?{urlencode(asked)}"
        )
    return Link(evidence, f"line {evidence.line}", line_url(sitting, evidence.submission, evidence.line))


def line_url(sitting: Sitting, submission: Any, line: int | None = None) -> str:
    """The address of an attempt on the page of the review, or of a line of it."""
    asked = {"task": submission.version.challenge.slug, "attempt": submission.pk} | ({"line": line} if line else {})
    return f"{_page('interview_review', sitting)}?{urlencode(asked)}"


def _page(name: str, sitting: Sitting) -> str:
    return reverse(name, args=[sitting.interview.pk, sitting.pk])


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
