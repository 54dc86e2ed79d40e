"""The courier: the Celery app whose workers send webhooks, and nothing else.

It is not the app that grades: workers that grade have no way to the Internet and need none, and what takes seconds
of somebody else's time must not stand in their queues. See docs/decisions.
"""

from celery import Celery
from kombu.entity import Exchange, Queue

from gradetape.celery import MESSAGES

DELIVER = "webhooks.deliver"
QUEUE = "webhooks"

app = Celery("gradetape-courier", set_as_current=False)
app.conf.update(
    **MESSAGES,
    task_queues=[Queue(QUEUE, Exchange(QUEUE), routing_key=QUEUE)],  # type: ignore[no-untyped-call]
    task_default_queue=QUEUE,
    imports=("gradetape.webhooks.tasks",),
)
