"""Rejudging: what was sent before gets the grade that another version of its challenge gives."""

from functools import partial

from django.db import IntegrityError, transaction

from grader.libraries import engine_digest
from gradetape.accounts.models import User
from gradetape.audit import log
from gradetape.catalog.models import Challenge, ChallengeVersion, VersionArchive
from gradetape.regrading.choosing import of_practice, plan
from gradetape.regrading.exceptions import AlreadyRegrading
from gradetape.regrading.models import Regrade, RegradeKind, Scope
from gradetape.regrading.stopping import cancel
from gradetape.regrading.turns import REGRADES


def start(version: ChallengeVersion, scope: str, by: User) -> Regrade:
    """Bring all graded submissions of the challenge's other versions to this one, one a turn.

    `scope`: one of Scope. The same that is under way already goes on; another that is under way is cancelled, and what
    it has done stays. Raises AlreadyRegrading when somebody was quicker.
    """
    try:
        with transaction.atomic():
            challenge = Challenge.objects.select_for_update().get(pk=version.challenge_id)
            under_way = challenge.regrades.open().filter(kind=RegradeKind.REJUDGE).first()
            if under_way and (under_way.version_id, under_way.scope) == (version.pk, scope):
                return under_way
            if under_way:
                cancel(under_way, by)
            return _start(challenge, version, Scope(scope), by)
    except IntegrityError as error:
        raise AlreadyRegrading from error


def _start(challenge: Challenge, version: ChallengeVersion, scope: Scope, by: User) -> Regrade:
    regrade = Regrade.objects.create(
        challenge=challenge, kind=RegradeKind.REJUDGE, scope=scope, digest=version.digest, engine=engine_digest(),
        archive=VersionArchive.objects.get(version=version).data, against_id=challenge.live_id, version=version,
        started_by=by,
    )  # fmt: skip
    facts = {"version": version.number, "taken": str(scope)}
    log.record(actor=by, action="rejudge.started", scope=regrade.log_scope, about=f"regrade:{regrade.pk}", **facts)
    if plan(regrade, of_practice(challenge, version.digest)) or regrade.has_to_move:
        transaction.on_commit(partial(REGRADES.ring, regrade.pk))
    else:
        REGRADES.close_unbegun(regrade)
    return regrade
