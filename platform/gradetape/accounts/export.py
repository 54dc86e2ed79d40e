"""All that is kept of somebody, as one zip: JSON for facts, files for what they wrote.

`CONTENT` says which rows that is. A test compares it with the models, so a new one that hangs on a person can't be
forgotten here.
"""

import io
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

import msgspec
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.db.models import Model
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.api.models import ApiToken
from gradetape.submissions.models import Draft, Submission
from gradetape.submissions.progress import CASE_FIELDS

File = tuple[str, bytes]
CHUNK = 50
README = """What GradeTape keeps of you.

account.json            your profile, addresses, sign-ins, second factors, sessions and API tokens (without secrets)
drafts/CHALLENGE/       the file you are typing, and the earlier versions that were kept
submissions/            a folder for each: solution.py as it was sent, submission.json with its result case by case

Times are in UTC. Text is in UTF-8; bytes of yours that are no UTF-8 stand in solution.py as you sent them.
"""
# The fields of each kind of row that are its owner's to have.
FACTS: dict[type[Model], tuple[str, ...]] = {
    User: ("email", "display_name", "role", "time_zone", "date_joined", "last_login"),
    EmailAddress: ("email", "verified", "primary"),
    SocialAccount: ("provider", "uid", "date_joined", "last_login", "extra_data"),
    Authenticator: ("type", "created_at", "last_used_at"),
    UserSession: ("ip", "user_agent", "created_at", "last_seen_at"),
    ApiToken: ("name", "hint", "scope", "created_at", "expires_at", "last_used_at"),
    Draft: ("revision", "saved_at"),
    Submission: (
        "id", "kind", "state", "created_at", "started_at", "finished_at", "verdict", "score", "message", "line",
        "output", "timings",
    ),
}  # fmt: skip


def facts(row: Any) -> dict[str, Any]:
    """The row as plain data."""
    return {name: getattr(row, name) for name in FACTS[type(row)]}


def account(user: User) -> Iterator[File]:
    """The person, and what their sign-in is made of."""
    lists: dict[str, type[Model]] = {
        "addresses": EmailAddress, "company_sign_ins": SocialAccount, "second_factors": Authenticator,
        "sessions": UserSession, "api_tokens": ApiToken,
    }  # fmt: skip
    rows = {
        name: [facts(row) for row in model._default_manager.filter(user=user)]  # noqa: SLF001  # Django's own word
        for name, model in lists.items()
    }
    yield "account.json", json({**facts(user), **rows})


def drafts(user: User) -> Iterator[File]:
    """What is being typed, and what it was before."""
    for draft in Draft.objects.visible_to(user).select_related("challenge").iterator(chunk_size=CHUNK):
        folder = f"drafts/{draft.challenge.slug}"
        versions = []
        yield f"{folder}/solution.py", bytes(draft.content)
        for version in draft.versions.iterator(chunk_size=CHUNK):
            versions.append({"revision": version.revision, "saved_at": version.saved_at})
            yield f"{folder}/versions/{version.revision:06}.py", bytes(version.content)
        yield f"{folder}/draft.json", json({**facts(draft), "versions": versions})


def submissions(user: User) -> Iterator[File]:
    """Everything sent, with what came of it."""
    mine = Submission.objects.filter(candidate=user).select_related("version__challenge").prefetch_related("cases")
    for row in mine.order_by("created_at").iterator(chunk_size=CHUNK):
        folder = f"submissions/{row.created_at:%Y-%m-%d-%H%M%S}-{row.challenge.slug}-{str(row.pk)[:8]}"
        where = {"challenge": row.challenge.slug, "version": row.version.number}
        cases = [{name: getattr(case, name) for name in CASE_FIELDS} for case in row.cases.all()]
        yield f"{folder}/solution.py", bytes(row.source)
        yield f"{folder}/submission.json", json({**where, **facts(row), "cases": cases})


CONTENT: tuple[Callable[[User], Iterator[File]], ...] = (account, drafts, submissions)


def files(user: User) -> Iterator[File]:
    """All files with their contents, a few rows in memory at a time."""
    yield "README.txt", README.encode()
    for part in CONTENT:
        yield from part(user)


def json(content: object) -> bytes:
    """JSON for people and programs alike."""
    return msgspec.json.format(msgspec.json.encode(content)) + b"\n"


class _Outlet(io.RawIOBase):
    """A file that a zip is written into and that is emptied as it grows."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def packed(entries: Iterator[File]) -> Iterator[bytes]:
    """The zip, piece by piece."""
    outlet = _Outlet()
    moment = timezone.now().timetuple()[:6]
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name, moment)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(info, content)
            # Small files may still be in the compressor; an empty piece would look like the end.
            if piece := outlet.take():
                yield piece
    yield outlet.take()


async def streamed(user: User) -> AsyncIterator[bytes]:
    """The zip for an answer: made while it is sent, in a thread, since it asks the database."""
    pieces = packed(files(user))
    following = sync_to_async(partial(next, pieces, b""))
    try:
        while piece := await following():
            yield piece
    finally:
        await sync_to_async(close_old_connections)()
