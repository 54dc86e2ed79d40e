"""The interviews that a rejudge takes in: they get its version before any of their submissions does."""

from gradetape.interviews.models import Interview, Sitting, Task
from gradetape.regrading.choosing import of_interviews, plan
from gradetape.regrading.models import Regrade
from gradetape.reviews.actions.rubric import keep_rubric


def move(regrade: Regrade) -> None:
    """Bring each interview that asks the challenge to the version, and plan what its candidates sent.

    Interviews in which somebody sits are left alone and counted. Within a transaction.
    """
    version = regrade.version
    assert version is not None
    tasks = Task.objects.filter(challenge=regrade.challenge_id, version__isnull=False)
    asking = Interview.objects.filter(pk__in=tasks.values("interview"))
    sittings = Sitting.objects.filter(invitation__interview__in=asking.values("pk"))
    # Nobody starts between the look and the move.
    list(sittings.filter(finished_at=None).select_for_update(of=("self",)).values_list("pk", flat=True))
    busy = set(sittings.running().values_list("invitation__interview", flat=True))
    taken = list(asking.exclude(pk__in=busy))
    for task in tasks.filter(interview__in=taken).exclude(version=version).select_related("version"):
        keep_rubric(task=task, version=version, by=regrade.started_by)
        Task.objects.filter(pk=task.pk).update(version=version)
    plan(regrade, of_interviews(regrade.challenge, regrade.digest, taken))
    left_out = sum(_has_old(regrade, one) for one in Interview.objects.filter(pk__in=busy))
    Regrade.objects.filter(pk=regrade.pk).update(left_out=left_out)


def _has_old(regrade: Regrade, interview: Interview) -> bool:
    """Whether there is anything that would have changed."""
    old = interview.tasks.filter(challenge=regrade.challenge_id).exclude(version=regrade.version_id)
    sent = of_interviews(regrade.challenge, regrade.digest, [interview])
    return old.exists() or any(True for _ in sent)
