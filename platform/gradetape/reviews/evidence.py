"""What a score can rest on, read from addresses as people copy them, and shown as links again."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from django.urls import reverse

from gradetape.interviews.models import Sitting, Task
from gradetape.interviews.models.sitting import GRACE
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
        if address.path == replay_url(sitting):
            return _moment(asked, sitting, tasks)
        if address.path == review_url(sitting):
            return _line(asked, sitting, tasks)
    except (ValueError, KeyError) as error:
        raise NoSuchEvidence from error
    raise NoSuchEvidence


def _moment(asked: Mapping[str, str], sitting: Sitting, tasks: list[Task]) -> Pointer:
    at = float(asked["at"])
    # As much as a sitting has can be given back to it, see clock.py.
    longest = 2 * sitting.length * 60 + GRACE.total_seconds()
    if not math.isfinite(at) or not 0 <= at <= longest:
        raise NoSuchEvidence
    task = next((one for one in tasks if one.challenge.slug == asked.get("task")), None)
    return Pointer({"at": round(at, 3), "task": task})


def _line(asked: Mapping[str, str], sitting: Sitting, tasks: list[Task]) -> Pointer:
    asked_for = [task.challenge_id for task in tasks]
    submission = attempts_of(sitting).filter(pk=UUID(asked["attempt"]), version__challenge__in=asked_for).first()
    line = int(asked["line"])
    if submission is None or not 1 <= line <= last_line(submission):
        raise NoSuchEvidence
    return Pointer({"submission": submission, "line": line})


def link_of(evidence: Evidence, sitting: Sitting, tasks: list[Task]) -> Link:
    """Where it leads. `evidence` with its submission selected."""
    if evidence.line is not None:
        return Link(evidence, f"line {evidence.line}", line_url(sitting, evidence.submission, evidence.line))
    task = next((one for one in tasks if one.pk == evidence.task_id), None)
    asked = {"at": f"{evidence.at:g}"} | ({"task": task.challenge.slug} if task else {})
    return Link(evidence, f"at {_clock(evidence.at or 0)}", f"{replay_url(sitting)}?{urlencode(asked)}")


def line_url(sitting: Sitting, submission: Any, line: int) -> str:
    """The address of a line of an attempt."""
    asked = {"task": submission.version.challenge.slug, "attempt": submission.pk, "line": line}
    return f"{review_url(sitting)}?{urlencode(asked)}"


def review_url(sitting: Sitting) -> str:
    return reverse("interview_review", args=[sitting.interview.pk, sitting.pk])


def replay_url(sitting: Sitting) -> str:
    """Where moments of the sitting are shown; one is chosen by ?at=SECONDS."""
    return f"{review_url(sitting)}replay/"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
