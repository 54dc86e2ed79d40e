"""Nothing that interviewers change goes unwritten: every address that takes a POST leaves an entry in the log."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone
from interviewing import FORM, an_interview, send, started
from reviewing import reviewed_package
from support import finish, signed_in

from gradetape.accounts.models import Role, Team, User
from gradetape.audit.models import AuditEntry
from gradetape.audit.words import WORDS
from gradetape.catalog.actions import publish
from gradetape.interviews.actions import setup, sit
from gradetape.interviews.models import Interview
from gradetape.reviews.models import Review
from gradetape.submissions.models import CaseResult, Submission
from gradetape.webhooks import actions as hooks
from gradetape.webhooks.models import Delivery, Event

pytestmark = pytest.mark.django_db(transaction=True)


def pair(place: dict[str, Any]) -> tuple[Any, Any]:
    """The interview and the sitting, as addresses about one candidate take them."""
    return place["interview"].pk, place["sitting"].pk


# What a good request to an address sends, where it is not nothing.
SENT: dict[str, dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]]] = {
    "interview_new": FORM | {"tasks-2-challenge": "", "tasks-0-challenge": "doubling"},
    "interview_edit": FORM | {"tasks-2-challenge": "", "tasks-0-challenge": "doubling", "title": "Another"},
    "interview_team": {"who": "iris@example.org"},
    "interview_invite": {"people": "dora@example.org", "days": "3"},
    "interview_extra": {"minutes": "5"},
    "interview_forget": {"typed": "cleo@example.org"},
    "interview_delete": {"typed": "Backend"},
    "interview_webhooks": {"url": "https://other.example.org/", "events": ["sitting.started"]},
    "interview_webhook_switch": {"on": "0"},
    "interview_points": {"points": "1", "reason": "a word was misread"},
    "interview_evidence": lambda place: {"address": f"{reverse('interview_replay', args=pair(place))}?at=1"},
    "interview_rubric": {
        "edition": "0",
        "rows": "1",
        "0-id": "",
        "0-title": "Taste",
        "0-weight": "1",
        "0-position": "1",
        **{f"0-{level}": f"level {level}" for level in range(5)},
    },
}
# Addresses at which a POST changes nothing that is anybody's business, and why.
SILENT: dict[str, str] = {}


def routes(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str]]:
    """The name and the route of every address under /interviews/, whichever app it is of."""
    for pattern in resolver.url_patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif route.startswith("interviews/"):
            yield pattern.name or "", route


ROUTES = dict(routes(get_resolver()))
ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@pytest.fixture
def place(db, take) -> dict[str, Any]:
    """An interview with everything in it, and the arguments that addresses take."""
    version = publish(package=reviewed_package()).version
    ines = User.objects.create_user("ines@example.org", display_name="Ines", role=Role.INTERVIEWER)
    iris = User.objects.create_user("iris@example.org", display_name="Iris", role=Role.INTERVIEWER)
    interview = an_interview(ines, [version.challenge])
    interview.team.add(iris)
    team = Team.objects.create(name="Vision")
    interview.teams.add(team)
    webhook = hooks.add(interview=interview, url="https://hooks.example.org/", events=list(Event.values))
    client, sitting = started(interview)
    send(client, sitting)
    finish(take(Submission.objects.get()))
    Review.objects.create(sitting=sitting, reviewer=ines, recommendation="yes")
    return {
        "by": ines, "interview": interview, "webhook": webhook, "sitting": sitting,
        "submission": Submission.objects.get(), "colleague": iris, "team": team,
        "slug": version.challenge.slug,
    }  # fmt: skip


def arranged(name: str, place: dict[str, Any]) -> str:
    """The address, with its interview in the state that it is for."""
    interview: Interview = place["interview"]
    if name in {"interview_edit", "interview_open"}:
        interview = setup.set_up(
            interview=Interview(title="Draft"), asked=[setup.Asked(interview.tasks.get().challenge, 1)], by=place["by"]
        )
    if name == "interview_delete":
        sit.hand_in(sitting=place["sitting"])
        setup.archive(interview=interview)
    if name == "interview_webhook_again":
        Delivery.objects.update(state="failed", due_at=timezone.now() - timedelta(days=1))
    pk = interview.pk
    if name.startswith("interview_webhook_"):
        pk = Delivery.objects.get().pk if name == "interview_webhook_again" else place["webhook"].pk
    if name in {"interview_link", "interview_revoke", "interview_extra", "interview_forget"}:
        pk = place["sitting"].invitation_id
    known = {
        "pk": pk, "sitting_id": place["sitting"].pk, "submission_id": place["submission"].pk,
        "user_id": place["colleague"].pk, "team_id": place["team"].pk, "slug": place["slug"],
        "kind": "notes", "line": 1, "criterion": "c1", "case": CaseResult.objects.first().case,
    }  # fmt: skip
    return reverse(name, kwargs={argument: known[argument] for argument in ARGUMENT.findall(ROUTES[name])})


@pytest.mark.parametrize("name", [name for name in ROUTES if name not in SILENT])
def test_every_post_of_an_interviewer_leaves_an_entry(place, name):
    where = arranged(name, place)
    client: Client = signed_in(place["by"])
    sent = SENT.get(name, {})
    answer = client.post(where, sent(place) if callable(sent) else sent)
    if answer.status_code == 405:
        return
    assert answer.status_code in {200, 201, 204, 302}, (answer.status_code, "say in SENT what a good request is")
    entries = AuditEntry.objects.filter(actor=place["by"])
    assert entries.exists(), "write down in the audit log what this does, or say in SILENT why not"
    for entry in entries:
        assert entry.action in WORDS, f"say in audit/words.py what {entry.action} is in words"
        assert not any(word in str(entry.details).lower() for word in ("cleo", "dora"))


def test_addresses_that_take_a_post_were_found():
    assert {"interview_new", "interview_extra", "interview_webhook_again"} <= set(ROUTES)
    assert set(SENT) | set(SILENT) <= set(ROUTES)
