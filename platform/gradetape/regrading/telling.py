"""Telling an interview's webhooks that grades have changed: one message a sitting, when all of it is done."""

from uuid import UUID

from gradetape.interviews.models import Sitting
from gradetape.regrading.models import RegradedSubmission
from gradetape.webhooks.models import Event
from gradetape.webhooks.outbox import announce


def tell_webhooks(regrade_id: UUID) -> None:
    """Announce each sitting of which a rejudge has changed a grade. In the transaction that ends it."""
    changed = RegradedSubmission.objects.filter(regrade=regrade_id, is_changed=True, applied_at__isnull=False)
    sittings = Sitting.objects.filter(candidate__in=changed.values("submission__candidate"))
    for sitting in sittings.select_related("invitation"):
        announce(sitting=sitting, event=Event.REGRADED)
