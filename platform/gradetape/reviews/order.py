"""Going from candidate to candidate, in the order in which the interview shows them."""

from dataclasses import dataclass

from gradetape.interviews.models import Sitting
from gradetape.interviews.naming import names_of


@dataclass(frozen=True)
class Place:
    """What a candidate is called, where they stand among those who started, and who is before and after them."""

    name: str
    number: int
    total: int
    before: Sitting | None
    after: Sitting | None


def place_of(sitting: Sitting) -> Place:
    """The place of a sitting that was started. One query."""
    everybody = list(sitting.interview.invitations.select_related("sitting__candidate"))
    names = names_of(sitting.interview, everybody)
    sittings = {one.pk: one.sitting for one in everybody if hasattr(one, "sitting")}
    row = [sittings[pk] for pk in names if pk in sittings and sittings[pk].started_at]
    at = next(index for index, one in enumerate(row) if one.pk == sitting.pk)
    return Place(
        name=names[sitting.invitation_id], number=at + 1, total=len(row),
        before=row[at - 1] if at else None, after=row[at + 1] if at + 1 < len(row) else None,
    )  # fmt: skip
