"""Deleting an account: all that is somebody's goes with them, at once and for good."""

from functools import partial
from uuid import UUID

import structlog
from django.db import transaction
from redis.exceptions import RedisError

from gradetape import broker
from gradetape.accounts.exceptions import LastAdministrator
from gradetape.accounts.models import Role, User
from gradetape.accounts.sessions import end_sessions
from gradetape.submissions.actions import cancel
from gradetape.submissions.models import Submission
from gradetape.submissions.story import stream_key

log = structlog.get_logger(__name__)


def delete_account(*, user: User) -> None:
    """Delete the person, their submissions, drafts, tokens and sessions. Raises LastAdministrator.

    What is being graded is stopped first. A worker that is in the middle of it finds its row gone and writes nothing.
    """
    with transaction.atomic():
        check_somebody_stays(user)
        mine = Submission.objects.filter(candidate=user)
        for submission in mine.open():
            cancel(submission=submission)
        stories = list(mine.values_list("pk", flat=True))
        end_sessions(user=user)
        user.delete()
        transaction.on_commit(partial(forget_stories, stories))
    log.info("account deleted", submissions=len(stories))


def check_somebody_stays(user: User) -> None:
    """Raises LastAdministrator when nobody would be left who gives out roles."""
    admins = User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True)
    if user.is_admin and not [other for other in admins if other.pk != user.pk]:
        raise LastAdministrator


def forget_stories(submissions: list[UUID]) -> None:
    """Redis forgets them by itself within a day; this is sooner."""
    try:
        for start in range(0, len(submissions), 500):
            broker.client().delete(*(stream_key(pk) for pk in submissions[start : start + 500]))
    except RedisError as error:
        log.warning("stories left to expire", reason=str(error))
