"""Hints of hidden cases, checks, probes, references, seeds and passwords reach no page, no stream and no answer."""

from collections.abc import Iterator
from types import ModuleType

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test.utils import ContextList
from interviewing import an_interview, started
from interviewing import send as send_in
from support import finish

from gradetape.accounts.models import User
from gradetape.submissions.models import Submission

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def planted(send, take, ana, version) -> list[str]:
    """Words that must not turn up; each stands somewhere behind the pages."""
    finish(take(send(ana)))
    send(ana)
    words = ["planted-", settings.SECRET_KEY, settings.REDIS_URL, User.objects.get(pk=ana.pk).password]
    return [*words, *map(str, version.archive.seeds)]


def pages(user: User) -> list[str]:
    found = [
        "/",
        "/challenges/",
        "/challenges/doubling/",
        "/dashboard/",
        "/dashboard/recent/",
        "/healthz",
        *after("doubling")[2:],
    ]
    for submission in user.submissions.all():
        found += [submission.get_absolute_url(), f"{submission.get_absolute_url()}state/"]
    return found


def test_no_page_shows_a_secret(planted, ana, as_ana):
    for page in pages(ana):
        answer = as_ana.get(page, follow=True)
        assert answer.status_code == 200
        assert not [word for word in planted if word in answer.text], page


def test_who_has_not_solved_it_is_shown_nothing_of_the_solution(planted, as_bob, version):
    for page in after("doubling"):
        for answer in (as_bob.get(page), as_bob.post(page, {"sure": "no"})):
            assert not [word for word in planted if word in answer.text], page
            assert not [text for text in texts(answer.context) if "planted-" in text], page


def after(slug: str) -> list[str]:
    """What comes after a challenge; the solution of one that is solved is no secret any more."""
    return [f"/challenges/{slug}/{page}/" for page in ("solution", "solution/show", "attempts", "notes")]


def test_no_context_holds_a_secret_of_the_challenge(planted, ana, as_ana):
    for page in pages(ana):
        context = as_ana.get(page).context
        for text in texts(context):
            assert "planted-" not in text, page


def test_no_page_of_an_interview_shows_a_secret_or_holds_one(planted, version, ada, take):
    client, sitting = started(an_interview(ada, [version.challenge], visibility="everything"))
    place = sitting.get_absolute_url()
    where = send_in(client, sitting).json()["url"]
    finish(take(Submission.objects.get(candidate=sitting.candidate)))
    for page in (place, f"{place}clock/", f"{place}challenges/doubling/", f"{place}challenges/doubling/attempts/"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert not [word for word in planted if word in answer.text], page
        assert not [text for text in texts(answer.context) if "planted-" in text], page
    assert "planted-" not in client.get(f"{where}state/").text


def texts(context: object) -> Iterator[str]:
    """Every text in what a template gets: plain data, and the loaded columns and attributes of objects."""
    waiting, seen = [context], set()
    while waiting:
        value = waiting.pop()
        if id(value) in seen or isinstance(value, HttpRequest | type | ModuleType):
            continue
        seen.add(id(value))
        if isinstance(value, str):
            yield value
        elif isinstance(value, bytes | memoryview):
            yield bytes(value).decode("utf-8", "replace")
        elif isinstance(value, ContextList):
            waiting += [layer.flatten() if hasattr(layer, "flatten") else layer for layer in value]
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list | tuple | set):
            waiting += value
        elif hasattr(value, "__dict__"):
            waiting.append(dict(vars(value)))


def test_the_walk_would_find_a_secret():
    class Row:
        def __init__(self) -> None:
            self.parts = [{"cases": [{"hint": "planted-x"}]}]

    assert "planted-x" in list(texts({"row": Row()}))


def test_pages_carry_a_policy_without_inline_code(as_ana, version):
    policy = as_ana.get("/challenges/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for rule in (
        "script-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ):
        assert rule in policy


def test_errors_say_nothing_of_the_inside(as_ana, version, monkeypatch):
    monkeypatch.setattr("gradetape.catalog.browsing.totals_of", lambda user: 1 / 0)
    as_ana.raise_request_exception = False
    answer = as_ana.get("/challenges/")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text


@pytest.mark.parametrize(
    ("page", "status"), [("/nothing/", 404), ("/submissions/00000000-0000-4000-8000-000000000000/", 404)]
)
def test_errors_come_as_a_page_to_people_and_as_json_to_scripts(as_ana, page, status):
    assert as_ana.get(page).headers["Content-Type"].startswith("text/html")
    answer = as_ana.get(page, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (status, "not_found")
