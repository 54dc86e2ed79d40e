"""Shadow regrades: what a package would change, before it is published. They change nothing."""

from functools import partial

from django.db import IntegrityError, transaction

from grader.libraries import engine_digest
from grader.package import Package
from gradetape.accounts.models import User
from gradetape.audit import log
from gradetape.catalog.models import Challenge
from gradetape.regrading.choosing import for_shadow, plan
from gradetape.regrading.exceptions import AlreadyRegrading
from gradetape.regrading.models import Regrade, RegradeKind
from gradetape.regrading.turns import REGRADES
from gradetape.turntaking.models import OPEN_STAGES, Stage

# Those of the newest are enough: each keeps its package and what each grading told.
KEPT = 5


def start(challenge: Challenge, package: Package, by: User) -> Regrade:
    """See what the package would change against the version that is live now; the kept one where there is one.

    Finished at once where nothing was sent that could change. Raises AlreadyRegrading when somebody was quicker.
    """
    present = kept(challenge, package)
    if present is not None:
        return present
    try:
        with transaction.atomic():
            _stop_stale(challenge, package)
            regrade = Regrade.objects.create(
                challenge=challenge, kind=RegradeKind.SHADOW, digest=package.digest, engine=engine_digest(),
                archive=package.archive(), against_id=_live(challenge), started_by=by,
            )  # fmt: skip
            _begin(regrade)
            about = f"regrade:{regrade.pk}"
            log.record(actor=by, action="shadow.started", scope=regrade.log_scope, about=about, digest=package.digest)
    except IntegrityError as error:
        present = kept(challenge, package)
        if present is None:
            raise AlreadyRegrading from error
        return present
    _forget(challenge)
    return regrade


def kept(challenge: Challenge, package: Package) -> Regrade | None:
    """The shadow, open or finished, of this package on this engine, against the version that is live now."""
    same = challenge.regrades.filter(kind=RegradeKind.SHADOW, digest=package.digest, engine=engine_digest())
    told = same.filter(against=_live(challenge), state__in=[*OPEN_STAGES, Stage.FINISHED])
    return told.listed().order_by("-created_at").first()


def _stop_stale(challenge: Challenge, package: Package) -> None:
    """One under way against a version that is not live any more, or on another engine, tells nothing to anybody."""
    same = challenge.regrades.listed().open().filter(kind=RegradeKind.SHADOW, digest=package.digest)
    for stale in same.exclude(against=_live(challenge), engine=engine_digest()):
        REGRADES.stop(job_id=stale.pk)


def _begin(regrade: Regrade) -> None:
    if plan(regrade, for_shadow(regrade.challenge, regrade.digest)):
        transaction.on_commit(partial(REGRADES.ring, regrade.pk))
    else:
        REGRADES.close_unbegun(regrade)


def _live(challenge: Challenge) -> int | None:
    """As it is in the database, which another publisher may have changed."""
    return Challenge.objects.values_list("live", flat=True).get(pk=challenge.pk)


def _forget(challenge: Challenge) -> None:
    """Let go of the oldest shadows, whose packages take room."""
    shadows = challenge.regrades.filter(kind=RegradeKind.SHADOW)
    newest = list(shadows.values_list("pk", flat=True)[:KEPT])
    shadows.exclude(pk__in=newest).exclude(state__in=OPEN_STAGES).delete()
