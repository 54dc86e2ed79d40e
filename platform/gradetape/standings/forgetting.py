"""What is forgotten of progress when a sitting is anonymised: when somebody worked. How far they came stays."""

from gradetape.interviews.forgetting import forgets
from gradetape.interviews.models import Sitting
from gradetape.standings.models import Activity


@forgets
def forget_activity(sitting: Sitting) -> None:
    """The quarters of an hour in which they were busy."""
    Activity.objects.filter(user_id=sitting.candidate_id).delete()
