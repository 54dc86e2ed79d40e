"""Interviews for tests: set up, opened, and sat by people who came by their links."""

from collections.abc import Sequence
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge
from gradetape.interviews.actions import invite as inviting
from gradetape.interviews.actions import setup, sit
from gradetape.interviews.models import Interview, Sitting

# What a new interview's form sends; an empty row is left out.
ROWS = {"tasks-TOTAL_FORMS": "3", "tasks-INITIAL_FORMS": "0", "tasks-MIN_NUM_FORMS": "0", "tasks-MAX_NUM_FORMS": "20"}
FORM = {
    **ROWS, "title": "Backend", "minutes": "45", "visibility": "samples", "instructions": "*Hello* <script>x</script>",
    "starts_at": "", "ends_at": "", "tasks-0-challenge": "doubling", "tasks-0-weight": "2",
    "tasks-1-challenge": "", "tasks-1-weight": "1", "tasks-2-challenge": "tripling", "tasks-2-weight": "1",
}  # fmt: skip


def an_interview(by: User, challenges: Sequence[Challenge], **facts: object) -> Interview:
    """An open interview of these challenges."""
    interview = Interview(**{"title": "Backend", "minutes": 60, **facts})
    setup.set_up(interview=interview, asked=[setup.Asked(one, 1) for one in challenges], by=by)
    setup.open_up(interview=interview)
    interview.refresh_from_db()
    return interview


def link_for(interview: Interview, email: str = "cleo@example.org", days: int = 1) -> str:
    """The path of a new invitation's link."""
    invited = inviting.invite(interview=interview, text=email, expires_at=timezone.now() + timedelta(days=days))
    assert not invited.bad, invited.bad
    return path_of(invited.links[0].url)


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def enter(link: str, name: str = "Cleo") -> tuple[Client, Sitting]:
    """A browser that has accepted, and its sitting."""
    client = Client()
    answer = client.post(link, {"name": name, "consent": "on"})
    assert answer.status_code == 302, answer.status_code
    return client, Sitting.objects.get(pk=answer.url.split("/")[2])


def started(interview: Interview, email: str = "cleo@example.org") -> tuple[Client, Sitting]:
    """A browser in the middle of its sitting."""
    client, sitting = enter(link_for(interview, email))
    sit.start(sitting=sitting)
    sitting.refresh_from_db()
    return client, sitting


def let_pass(sitting: Sitting, **time: float) -> None:
    """Move a sitting into the past, as if so much time had gone by."""
    sitting.refresh_from_db()
    by = timedelta(**time)
    Sitting.objects.filter(pk=sitting.pk).update(started_at=sitting.started_at - by, deadline=sitting.deadline - by)
    sitting.refresh_from_db()


def save(client: Client, sitting: Sitting, source: str, revision: int = 0, slug: str = "doubling"):
    """What the editor does when somebody has typed."""
    body = {"source": source, "revision": revision}
    return client.put(f"/sitting/{sitting.pk}/challenges/{slug}/draft/", body, content_type="application/json")


def send(client: Client, sitting: Sitting, source: str = "pass", kind: str = "submit", slug: str = "doubling"):
    """What the button does."""
    body = {"source": source, "kind": kind}
    return client.post(f"/sitting/{sitting.pk}/challenges/{slug}/submissions/", body, content_type="application/json")
