"""What is forgotten of webhooks when a sitting is anonymised: every message about it, since some say a name."""

from gradetape.interviews.forgetting import forgets
from gradetape.interviews.models import Sitting
from gradetape.webhooks.models import Delivery


@forgets
def forget_deliveries(sitting: Sitting) -> None:
    """Every delivery with its log."""
    Delivery.objects.filter(sitting=sitting).delete()
