"""The one task: an id, a claim, one call."""

from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError

from gradetape.webhooks.courier import DELIVER, app
from gradetape.webhooks.delivering import deliver

log = structlog.get_logger(__name__)


@app.task(name=DELIVER)
def send(delivery_id: str) -> None:
    """Deliver, if it is still to be delivered: the same call may come twice."""
    try:
        deliver(UUID(delivery_id))
    except (OperationalError, InterfaceError) as error:
        log.warning("not delivered: the sweep will call again", delivery=delivery_id, reason=str(error))
