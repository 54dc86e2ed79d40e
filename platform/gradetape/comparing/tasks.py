"""The task that works out what is alike where that is too much for a page."""

from gradetape.celery import app
from gradetape.comparing.candidates import counting_for
from gradetape.comparing.likeness import COMPARE, compare
from gradetape.interviews.models import Task


@app.task(name=COMPARE)
def compare_task(task_id: int) -> None:
    """For a task that is gone meanwhile there is nothing to do."""
    task = Task.objects.select_related("challenge", "version", "interview").filter(pk=task_id).first()
    if task is not None and task.version is not None:
        compare(task, counting_for(task))
