"""What the audit log is told of an interview: what was set, before and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import transaction

from gradetape.accounts.http import SignedInRequest
from gradetape.accounts.models import User
from gradetape.audit import log
from gradetape.interviews.exceptions import InterviewError
from gradetape.interviews.models import Interview

Facts = dict[str, Any]
# Fields that are written down as they are.
PLAIN = ("title", "minutes", "visibility", "keep_days", "keep_then")


def facts_of(interview: Interview) -> Facts:
    """What an interview is set to, as plain data; of the instructions only how long they are."""
    tasks = interview.tasks.select_related("challenge") if not interview.is_new else []
    return {
        **{name: getattr(interview, name) for name in PLAIN},
        "starts_at": interview.starts_at.isoformat() if interview.starts_at else None,
        "ends_at": interview.ends_at.isoformat() if interview.ends_at else None,
        "instructions": f"{len(interview.instructions)} characters",
        "challenges": [f"{task.challenge.slug} ×{task.weight}" for task in tasks],
        "hides_names": interview.hides_names,
    }


def kept_facts(interview: Interview) -> Facts:
    """The same as the database has it, for an instance that a form may have changed."""
    return facts_of(Interview.objects.get(pk=interview.pk))


def record_change(*, actor: User, interview: Interview, before: Facts) -> None:
    """Write down what became different, and names that were hidden or shown as an entry of its own."""
    after = kept_facts(interview)
    changes: Facts = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changes.pop("hides_names", None):
        action = "names.hidden" if after["hides_names"] else "names.shown"
        log.record(actor=actor, action=action, scope=interview.scope)
    if changes:
        log.record(actor=actor, action="interview.changed", scope=interview.scope, **changes)


@dataclass
class Deed:
    """What will be written down of something that is being done."""

    about: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@contextmanager
def done(request: SignedInRequest, interview: Interview, action: str, about: str = "") -> Iterator[Deed]:
    """Do what is inside and write it down, both or neither. A refusal is told on the next page and not written down."""
    deed = Deed(about)
    try:
        with transaction.atomic():
            yield deed
            log.record(actor=request.user, action=action, scope=interview.scope, about=deed.about, **deed.details)
    except InterviewError as error:
        messages.error(request, str(error))
