"""What is forgotten of a timeline when its sitting is anonymised: all of it, since it is what somebody typed."""

from gradetape.interviews.forgetting import forgets
from gradetape.interviews.models import Sitting
from gradetape.timeline.models import Entry


@forgets
def forget_timeline(sitting: Sitting) -> None:
    """Every entry."""
    Entry.objects.filter(sitting=sitting).delete()
