"""Projects: making them, putting them away, sharing them."""

import re
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from gradetape.accounts import sharing
from gradetape.accounts.models import Team, User
from gradetape.audit import log
from gradetape.authoring import files
from gradetape.authoring.exceptions import LastAuthor, NoSuchAuthor, SlugTaken
from gradetape.authoring.models import Project
from gradetape.authoring.models.project import AUTHORS
from gradetape.catalog.models import Challenge, ChallengeVersion

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def make(*, slug: str, contents: Mapping[str, bytes], by: User, based_on: ChallengeVersion | None = None) -> Project:
    """A project with these files. Raises SlugTaken, BadPath, FileTooLarge.

    The short name of a published challenge is for projects alone that were made from that challenge.
    """
    if len(slug) > 60 or not SLUG.fullmatch(slug):
        raise SlugTaken("Expected small letters, digits and single dashes, up to 60, beginning with a letter.")
    is_its_own = based_on is not None and based_on.challenge.slug == slug
    if not is_its_own and Challenge.objects.filter(slug=slug).exists():
        raise SlugTaken(f"There is a published challenge {slug} already. Start from it, or take another short name.")
    try:
        with transaction.atomic():
            project = Project.objects.create(slug=slug, based_on=based_on)
    except IntegrityError as error:
        raise SlugTaken(f"There is a project {slug} already. Take another short name.") from error
    with transaction.atomic():
        project.authors.add(by)
        log.record(actor=by, action="project.made", scope=project.scope, based_on=str(based_on or ""))
        fill(project=project, contents=contents, by=by)
    return project


@transaction.atomic
def fill(*, project: Project, contents: Mapping[str, bytes], by: User) -> None:
    """Make the project's files these and no others; what they replace stays in their histories. Callers log it.

    Raises BadPath, FileTooLarge.
    """
    for path in contents:
        files.checked_path(path)
    now = {file.path: file for file in project.files.select_for_update()}
    for path, file in now.items():
        if path not in contents:
            files.take_away(project=project, path=path, revision=file.revision)
    for path, content in contents.items():
        revision = now[path].revision if path in now else 0
        files.put(project=project, path=path, content=content, by=by, revision=revision, keep=True)


def archive(*, project: Project, by: User) -> None:
    """Put it away."""
    Project.objects.filter(pk=project.pk, archived_at=None).update(archived_at=timezone.now())
    log.record(actor=by, action="project.archived", scope=project.scope)


def bring_back(*, project: Project, by: User) -> None:
    """Out of the archive."""
    Project.objects.filter(pk=project.pk).update(archived_at=None)
    log.record(actor=by, action="project.restored", scope=project.scope)


def share(*, project: Project, who: str, by: User) -> User | Team:
    """Share it with another author by their address, or with a team by its name. Raises NoSuchAuthor."""
    found = sharing.find(who, AUTHORS)
    if found is None:
        raise NoSuchAuthor
    if isinstance(found, Team):
        project.teams.add(found)
    else:
        project.authors.add(found)
    log.record(actor=by, action="author.added", scope=project.scope, about=sharing.about(found))
    return found


@transaction.atomic
def remove_author(*, project: Project, user_id: int, by: User) -> None:
    """Share it no longer with somebody; one's own place may be given up too. Raises LastAuthor."""
    Project.objects.select_for_update().get(pk=project.pk)
    if not sharing.somebody_stays(project.authors.exclude(pk=user_id), project.teams.all(), AUTHORS):
        raise LastAuthor
    project.authors.remove(user_id)
    log.record(actor=by, action="author.removed", scope=project.scope, about=f"user:{user_id}")


@transaction.atomic
def remove_team(*, project: Project, team_id: int, by: User) -> None:
    """Share it no longer with a team; who is its author by themselves stays. Raises LastAuthor."""
    Project.objects.select_for_update().get(pk=project.pk)
    if not sharing.somebody_stays(project.authors.all(), project.teams.exclude(pk=team_id), AUTHORS):
        raise LastAuthor
    project.teams.remove(team_id)
    log.record(actor=by, action="author.removed", scope=project.scope, about=f"team:{team_id}")
