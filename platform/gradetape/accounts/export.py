"""All that is kept of somebody, as files: JSON for facts, and what they wrote as they wrote it.

`FACTS` says which fields of which rows that is. A test compares it with the models, so a new one that hangs on a
person can't be forgotten here.
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Model, Prefetch

from gradetape.accounts.models import User
from gradetape.accounts.packing import File
from gradetape.api.models import ApiToken
from gradetape.insights.models import CaseReport
from gradetape.regrading.models import RegradedSubmission
from gradetape.standings.models import Activity, Standing
from gradetape.study.models import GivenUp, Note
from gradetape.submissions.models import Draft, EditorSettings, Snippet, Submission
from gradetape.submissions.progress import CASE_FIELDS

CHUNK = 50
README = """What GradeTape keeps of you.

account.json            your profile, teams, addresses, sign-ins, second factors, sessions and API tokens (without
                        secrets), how you like the editor, what you did when, and what you gave up on
challenges/CHALLENGE/   what you typed: solution.py, earlier versions of it, the snippet, your notes, how far you are
submissions/            a folder for each: solution.py as it was sent, submission.json with its result case by case, and
                        with what you reported, and what it was before it was regraded

Times are in UTC. Text is in UTF-8; what you sent that is no UTF-8 stands there byte for byte.
"""
# The fields of each kind of row that are its owner's to have.
FACTS: dict[type[Model], tuple[str, ...]] = {
    User: ("email", "display_name", "role", "trusted_to_publish", "time_zone", "date_joined", "last_login"),
    EmailAddress: ("email", "verified", "primary"),
    SocialAccount: ("provider", "uid", "date_joined", "last_login", "extra_data"),
    Authenticator: ("type", "created_at", "last_used_at"),
    UserSession: ("ip", "user_agent", "created_at", "last_seen_at"),
    ApiToken: ("name", "hint", "scope", "created_at", "expires_at", "last_used_at"),
    EditorSettings: ("chosen",),
    Activity: ("quarter", "sent", "solved", "seconds"),
    GivenUp: ("at",),
    Standing: (
        "state", "best", "parts", "attempts", "runs", "seconds", "started_at", "active_at", "solved_at",
    ),
    Note: ("revision", "saved_at"),
    Draft: ("revision", "saved_at"),
    Snippet: ("revision", "saved_at"),
    CaseReport: ("case", "judged", "words", "created_at", "state", "outcome", "answer", "answered_at"),
    # Not its timings: how long hidden cases take is nobody's to know. What was printed while they ran is not kept.
    Submission: (
        "id", "kind", "state", "created_at", "started_at", "finished_at", "verdict", "score", "message", "line",
        "output",
    ),
}  # fmt: skip


def facts(row: Any) -> dict[str, Any]:
    """The row as plain data."""
    return {name: getattr(row, name) for name in FACTS[row._meta.model]}  # noqa: SLF001  # the public name


def account(user: User) -> Iterator[File]:
    """The person, what their sign-in is made of, and what belongs to no single challenge."""
    lists: dict[str, type[Model]] = {
        "addresses": EmailAddress, "company_sign_ins": SocialAccount, "second_factors": Authenticator,
        "sessions": UserSession, "api_tokens": ApiToken, "editor": EditorSettings, "activity": Activity,
    }  # fmt: skip
    rows: dict[str, Any] = {
        name: [facts(row) for row in model._default_manager.filter(user=user)]  # noqa: SLF001  # Django's own word
        for name, model in lists.items()
    }
    given_up = GivenUp.objects.visible_to(user).select_related("challenge")
    rows["teams"] = [team.name for team in user.teams.all()]
    rows["given_up"] = [{"challenge": row.challenge.slug, **facts(row)} for row in given_up]
    yield "account.json", json({**facts(user), **rows})


def typed(user: User) -> Iterator[File]:
    """What is being typed, what it was before, and what somebody tries out beside it."""
    for draft in Draft.objects.visible_to(user).select_related("challenge").iterator(chunk_size=CHUNK):
        folder = f"challenges/{draft.challenge.slug}"
        versions = []
        yield f"{folder}/solution.py", bytes(draft.content)
        for version in draft.versions.iterator(chunk_size=CHUNK):
            versions.append({"revision": version.revision, "saved_at": version.saved_at})
            yield f"{folder}/versions/{version.revision:06}.py", bytes(version.content)
        yield f"{folder}/draft.json", json({**facts(draft), "versions": versions})
    for snippet in Snippet.objects.visible_to(user).select_related("challenge").iterator(chunk_size=CHUNK):
        folder = f"challenges/{snippet.challenge.slug}"
        yield f"{folder}/snippet.py", bytes(snippet.content)
        yield f"{folder}/snippet.json", json(facts(snippet))


def progress(user: User) -> Iterator[File]:
    """How far somebody is with each challenge, and what they wrote down about it."""
    for standing in Standing.objects.filter(user=user).select_related("challenge").iterator(chunk_size=CHUNK):
        yield f"challenges/{standing.challenge.slug}/standing.json", json(facts(standing))
    for note in Note.objects.visible_to(user).select_related("challenge").iterator(chunk_size=CHUNK):
        folder = f"challenges/{note.challenge.slug}"
        yield f"{folder}/notes.md", note.text.encode()
        yield f"{folder}/notes.json", json(facts(note))


def submissions(user: User) -> Iterator[File]:
    """Everything sent, with what came of it."""
    mine = Submission.objects.filter(candidate=user).select_related("version__challenge")
    regraded = Prefetch("regradings", RegradedSubmission.objects.filter(applied_at__isnull=False).defer("result"))
    for row in (
        mine.prefetch_related("cases", "case_reports", regraded).order_by("created_at").iterator(chunk_size=CHUNK)
    ):
        folder = f"submissions/{row.created_at:%Y-%m-%d-%H%M%S}-{row.challenge.slug}-{str(row.pk)[:8]}"
        where = {"challenge": row.challenge.slug, "version": row.version.number}
        cases = [{name: getattr(case, name) for name in CASE_FIELDS} for case in row.cases.all()]
        reports = [facts(report) for report in row.case_reports.all()]
        before = [
            {"at": one.applied_at, "verdict": one.was_verdict, "score": one.was_score} for one in row.regradings.all()
        ]
        yield f"{folder}/solution.py", bytes(row.source)
        if row.snippet is not None:
            yield f"{folder}/snippet.py", bytes(row.snippet)
        yield (
            f"{folder}/submission.json",
            json({**where, **facts(row), "cases": cases, "reports": reports, "before_regrading": before}),
        )


CONTENT: tuple[Callable[[User], Iterator[File]], ...] = (account, typed, progress, submissions)


def files(user: User) -> Iterator[File]:
    """All files with their contents, a few rows in memory at a time."""
    yield "README.txt", README.encode()
    for part in CONTENT:
        yield from part(user)


def json(content: object) -> bytes:
    """JSON for people and programs alike."""
    return msgspec.json.format(msgspec.json.encode(content)) + b"\n"
