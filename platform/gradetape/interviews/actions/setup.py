"""Setting an interview up: what it asks, and who it belongs to."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypedDict

from django.db import transaction

from gradetape.accounts import sharing
from gradetape.accounts.models import Team, User
from gradetape.catalog.models import Challenge
from gradetape.catalog.statements import render
from gradetape.interviews.exceptions import (
    LastOfTheTeam,
    NoSuchInterviewer,
    NotADraft,
    NothingToAsk,
    NotPublished,
)
from gradetape.interviews.models import AfterKeeping, Interview, InterviewState, Task
from gradetape.interviews.models.interview import INTERVIEWERS
from gradetape.webhooks.outbox import forget_names


class Asked(NamedTuple):
    """A challenge that an interview asks, and its weight."""

    challenge: Challenge
    weight: int


@transaction.atomic
def set_up(*, interview: Interview, asked: Sequence[Asked], by: User) -> Interview:
    """Save a new interview, or a draft as it was changed, with its challenges in this order. Raises NotADraft."""
    is_new = interview.is_new
    if not is_new:
        _locked(interview, InterviewState.DRAFT)
    interview.instructions_html = render(interview.instructions)
    interview.save()
    if is_new:
        interview.team.add(by)
    interview.tasks.all().delete()
    Task.objects.bulk_create(
        Task(interview=interview, challenge=one.challenge, weight=one.weight, position=position)
        for position, one in enumerate(asked, start=1)
    )
    return interview


class Rules(TypedDict):
    """What may change once people are invited."""

    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    hides_names: bool
    keep_days: int | None
    keep_then: AfterKeeping


@transaction.atomic
def reword(*, interview: Interview, rules: Rules) -> None:
    """Change how it is called, when it may be started, whether names are hidden, and how long what was done is kept."""
    Interview.objects.filter(pk=interview.pk).update(**rules)
    if rules["hides_names"]:
        forget_names(interview)


@transaction.atomic
def open_up(*, interview: Interview) -> None:
    """Pin the challenges to the versions that are live now, and take people from here on.

    Raises NotADraft, NothingToAsk, NotPublished.
    """
    found = _locked(interview, InterviewState.DRAFT)
    if found.is_template:
        raise NotADraft("A template is not opened. Make an interview from it.")
    tasks = list(found.tasks.select_related("challenge"))
    if not tasks:
        raise NothingToAsk
    for task in tasks:
        if task.challenge.live_id is None:
            raise NotPublished
        task.version_id = task.challenge.live_id
    Task.objects.bulk_update(tasks, ["version"])
    Interview.objects.filter(pk=found.pk).update(state=InterviewState.OPEN)


def archive(*, interview: Interview) -> None:
    """Put it away: nobody starts it any more; whoever is in the middle of it goes on."""
    Interview.objects.filter(pk=interview.pk).update(state=InterviewState.ARCHIVED)


@transaction.atomic
def bring_back(*, interview: Interview) -> None:
    """Out of the archive, as what it was: open when its versions were pinned already, else a draft."""
    found = Interview.objects.select_for_update().get(pk=interview.pk)
    if found.is_archived:
        was_open = found.tasks.filter(version__isnull=False).exists()
        state = InterviewState.OPEN if was_open else InterviewState.DRAFT
        Interview.objects.filter(pk=found.pk).update(state=state)


@transaction.atomic
def duplicate(*, interview: Interview, by: User, as_template: bool) -> Interview:
    """A draft that asks the same, for the same people; without window, pinned versions and people.

    What is made from a template keeps its title: the word "copy" would be shown to candidates.
    """
    plain = interview.is_template or as_template
    copy = Interview.objects.create(
        title=interview.title if plain else f"Copy of {interview.title}"[:120],
        instructions=interview.instructions,
        instructions_html=interview.instructions_html,
        minutes=interview.minutes,
        visibility=interview.visibility,
        hides_names=interview.hides_names,
        keep_days=interview.keep_days,
        keep_then=interview.keep_then,
        is_template=as_template,
    )
    copy.team.add(by, *interview.team.all())
    copy.teams.set(interview.teams.all())
    Task.objects.bulk_create(
        Task(interview=copy, challenge_id=task.challenge_id, weight=task.weight, position=task.position)
        for task in interview.tasks.all()
    )
    return copy


def share(*, interview: Interview, who: str) -> User | Team:
    """Share it with another interviewer by their address, or with a team by its name. Raises NoSuchInterviewer."""
    found = sharing.find(who, INTERVIEWERS)
    if found is None:
        raise NoSuchInterviewer
    if isinstance(found, Team):
        interview.teams.add(found)
    else:
        interview.team.add(found)
    return found


@transaction.atomic
def remove_person(*, interview: Interview, user_id: int) -> None:
    """Share it no longer with somebody; one's own place may be given up too. Raises LastOfTheTeam."""
    Interview.objects.select_for_update().get(pk=interview.pk)
    if not sharing.somebody_stays(interview.team.exclude(pk=user_id), interview.teams.all(), INTERVIEWERS):
        raise LastOfTheTeam
    interview.team.remove(user_id)


@transaction.atomic
def remove_team(*, interview: Interview, team_id: int) -> None:
    """Share it no longer with a team; who is on it by themselves stays. Raises LastOfTheTeam."""
    Interview.objects.select_for_update().get(pk=interview.pk)
    if not sharing.somebody_stays(interview.team.all(), interview.teams.exclude(pk=team_id), INTERVIEWERS):
        raise LastOfTheTeam
    interview.teams.remove(team_id)


def _locked(interview: Interview, state: InterviewState) -> Interview:
    """The interview as it is now, held until the end of the transaction. Raises NotADraft."""
    found = Interview.objects.select_for_update().filter(pk=interview.pk, state=state).first()
    if found is None:
        raise NotADraft
    return found
