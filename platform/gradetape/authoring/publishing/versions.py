"""What is done to published versions: live again, withdrawn, brought back, what was sent graded anew."""

from django.db import transaction

from gradetape.accounts.models import User
from gradetape.audit import log
from gradetape.authoring.models import Mode
from gradetape.authoring.publishing import readiness
from gradetape.authoring.publishing.exceptions import MayNotPublish, NothingNew, NotReady
from gradetape.catalog import actions as catalog
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.catalog.packages import package_of
from gradetape.regrading import rejudge
from gradetape.regrading.models import Regrade


def regrade(*, version: ChallengeVersion, mode: Mode, by: User) -> Regrade | None:
    """Have what was graded with other versions graded with this one, as far as the mode says."""
    if mode == Mode.NEW_ONLY:
        return None
    return rejudge.start(version=version, scope=str(mode), by=by)


@transaction.atomic
def regrade_again(*, challenge: Challenge, mode: Mode, by: User) -> Regrade | None:
    """The same for the version that is live, for what was left out before. Raises MayNotPublish, NotReady."""
    _may(by)
    held = Challenge.objects.select_for_update(of=("self",)).select_related("live").get(pk=challenge.pk)
    if held.live is None:
        raise NotReady("This challenge is withdrawn. Bring it back before you have anything regraded.")
    return regrade(version=held.live, mode=mode, by=by)


@transaction.atomic
def roll_back(*, version: ChallengeVersion, mode: Mode, by: User) -> None:
    """Make an older version live again. Raises MayNotPublish, NothingNew, NotReady, LiveChanged."""
    _may(by)
    ready = readiness.of_version(package_of(version.digest))
    if ready.is_live:
        raise NothingNew(f"Version {version.number} is live already.")
    if ready.missing:
        raise NotReady(" ".join(["It can't go live yet.", *ready.missing]))
    over = ready.live
    catalog.roll_back(version=version, over=catalog.Over(over.pk if over else None))
    log.record(
        actor=by, action="version.rolled_back", scope=version.challenge.scope, about=f"version:{version.number}",
        mode=str(mode), was=f"version {over.number}" if over else "withdrawn",
    )  # fmt: skip
    regrade(version=version, mode=mode, by=by)


@transaction.atomic
def withdraw(*, challenge: Challenge, reason: str, by: User) -> None:
    """Take it out of the catalogue. Raises MayNotPublish, NotLive."""
    _may(by)
    was = catalog.withdraw(challenge=challenge)
    about = f"version:{was.number}"
    log.record(actor=by, action="challenge.withdrawn", scope=challenge.scope, about=about, reason=reason)


@transaction.atomic
def bring_back(*, challenge: Challenge, by: User) -> None:
    """Put it back, with the version that was live last. Raises MayNotPublish, NotWithdrawn."""
    _may(by)
    version = catalog.bring_back(challenge=challenge)
    log.record(actor=by, action="challenge.restored", scope=challenge.scope, about=f"version:{version.number}")


def _may(user: User) -> None:
    if not user.may_publish:
        raise MayNotPublish
