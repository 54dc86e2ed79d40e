"""Stopping a regrade."""

from django.db import transaction

from gradetape.accounts.models import User
from gradetape.audit import log
from gradetape.regrading.models import Regrade
from gradetape.regrading.telling import tell_webhooks
from gradetape.regrading.turns import REGRADES


@transaction.atomic
def cancel(regrade: Regrade, by: User) -> bool:
    """Stop a shadow or a rejudge; what was done stays. False when it is over already."""
    if not REGRADES.stop(job_id=regrade.pk):
        return False
    tell_webhooks(regrade.pk)
    log.record(actor=by, action="regrade.cancelled", scope=regrade.log_scope, about=f"regrade:{regrade.pk}")
    return True
