"""Lists of what people have, without the guests of interviews."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from gradetape.administration.reading import ReadOnlyAdmin
from gradetape.interviews.guests import DOMAIN


class PeopleAdmin(ReadOnlyAdmin):
    """Rows of people with an account. A guest's name beside their times might tell what an interview hides."""

    # By which field a row is somebody's.
    person = "user"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).exclude(**{f"{self.person}__email__endswith": f"@{DOMAIN}"})
