"""What a page of the candidate's room sends: a batch of entries, of a closed shape."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest

from gradetape.submissions.bodies import body_of
from gradetape.submissions.text import encoded
from gradetape.timeline import changes
from gradetape.timeline.exceptions import BadBatch, BatchTooLarge
from gradetape.timeline.models import Happening

LARGEST_BATCH = 256 * 1024
LARGEST_TEXT = 64 * 1024
# Milliseconds since 1970, up to the year 5138; and what a column of sequence numbers holds.
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=10**14)]
Number = Annotated[int, msgspec.Meta(ge=1, lt=2**31)]
# As addresses have them: databases would break at a NUL character or half a pair of surrogates.
Slug = Annotated[str, msgspec.Meta(pattern=r"^[-a-zA-Z0-9_]+\Z")]


class Told(msgspec.Struct, tag_field="kind", forbid_unknown_fields=True):
    """What all entries have: their place on the page, and when it was by the page's clock."""

    sequence: Number
    t: Milliseconds

    @property
    def kind(self) -> Happening:
        return Happening(str(self.__struct_config__.tag))

    def data(self) -> dict[str, Any]:
        """The fields of its kind, as an entry stores them."""
        return {}

    def text_size(self) -> int:
        """The bytes of text in it."""
        return 0


class Opened(Told, tag=Happening.OPENED.value):
    text: str

    def data(self) -> dict[str, Any]:
        return {"text": self.text}

    def text_size(self) -> int:
        return len(encoded(self.text))


class Edited(Told, tag=Happening.EDIT.value):
    changes: list[int | list[int | str]]
    pasted: Annotated[int, msgspec.Meta(ge=1, lt=2**31)] | None = None

    def __post_init__(self) -> None:
        changes.check(self.changes)

    def data(self) -> dict[str, Any]:
        pasted = {} if self.pasted is None else {"pasted": self.pasted}
        return {"changes": self.changes, **pasted}

    def text_size(self) -> int:
        return sum(len(encoded(text)) for text in changes.inserted(self.changes))


class Left(Told, tag=Happening.LEFT.value):
    pass


class Returned(Told, tag=Happening.RETURNED.value):
    pass


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """Entries that follow one another on one page. `sent`: when, by the same clock as the entries' times."""

    page: UUID
    task: Slug
    sent: Milliseconds
    entries: Annotated[list[Opened | Edited | Left | Returned], msgspec.Meta(min_length=1)]

    def __post_init__(self) -> None:
        for before, one in zip([None, *self.entries], self.entries, strict=False):
            if before and one.sequence != before.sequence + 1:
                raise ValueError(f"Expected entry {before.sequence + 1} behind the one before it, not {one.sequence}")
            if isinstance(one, Opened) != (one.sequence == 1):
                raise ValueError("Expected `opened` as the first entry of a page, and nowhere else")


def batch_of(request: HttpRequest) -> Batch:
    """The batch in a request. Raises BadBatch, BatchTooLarge."""
    try:
        if len(request.body) > LARGEST_BATCH:
            raise BatchTooLarge
        batch = body_of(request, Batch)
    except RequestDataTooBig as error:
        raise BatchTooLarge from error
    except BadRequest as error:
        raise BadBatch(str(error)) from error
    if any(one.text_size() > LARGEST_TEXT for one in batch.entries):
        raise BatchTooLarge
    return batch
