"""What is hidden stays hidden: a challenge full of secrets, graded for real, and all that its candidate can open.

The walk starts from every address of the URL resolver and follows each link, form and source in what comes back.
"""

import base64
import json
import re
import struct
import time
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.db import IntegrityError
from django.test import AsyncClient, Client
from planted import HIDDEN, SOLUTION, planted, secrets_in
from support import signed_in, wait_until

from gradetape.catalog.actions import publish
from gradetape.submissions import actions, attempts, engines, grading, pacing
from gradetape.submissions.models import CaseResult, Kind, Submission, SubmissionEvent
from gradetape.submissions.pacing import PacedTeller
from gradetape.submissions.teller import Teller
from tests.hostile.web.addresses import addresses

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
LINK = re.compile(r"""(?:href|src|action|hx-get|data-[a-z-]*url)=["']([^"'#]+)""")
FACTS = re.compile(r'"(/(?:submissions|challenges)/[^"]*)"')


@pytest.fixture
def graded(engine, engine_host, ana, monkeypatch) -> Submission:
    """Ana's submission to the planted challenge, through the real engine and all that follows it."""
    monkeypatch.setattr(engines.Holder, "engine", engine)
    engine_host.add("keras3")
    version = publish(package=planted()).version
    sent = [
        actions.submit(candidate=ana, version=version, source=SOLUTION.encode(), kind=kind)
        for kind in (Kind.SUBMIT, Kind.RUN)
    ]
    for submission in sent:
        claim = attempts.claim(submission_id=submission.pk, worker="here")
        assert claim
        grading.grade(claim)
    submission = Submission.objects.get(pk=sent[0].pk)
    outcomes = dict(submission.cases.values_list("case", "outcome"))
    assert outcomes == {
        "shown": "passed", "numbers": "failed", "raising": "error", "labelled": "failed", "kept": "passed",
    }, submission.message  # fmt: skip
    return submission


def everything(user, submissions) -> Iterator[tuple[str, bytes]]:
    """Every answer that somebody can get, with its headers, by the address it came from."""
    client = signed_in(user)
    client.raise_request_exception = False
    waiting = [f"/challenges/{slug}/" for slug in ("planted", "nothing")]
    for address in addresses():
        for one in submissions:
            mine = {"open": one.pk, "graded": one.pk, "user": user.pk}
            waiting.append(address.path.format_map(defaultdict(lambda: "1", mine)))
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith("/accounts/logout/"):
            continue
        seen.add(path)
        if path.rstrip("/").endswith(("/events", "/bundle")):
            yield path, streamed(user, path)
            continue
        for headers in ({}, {"Accept": "application/json"}):
            answer = client.get(path, headers=headers)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            yield path, str(answer.headers).encode() + body
        kind = answer.headers.get("Content-Type", "")
        if kind.startswith(("text/html", "application/json")):
            text = body.decode("utf-8", "replace")
            links = [urljoin(path, link.replace("&amp;", "&")) for link in LINK.findall(text) + FACTS.findall(text)]
            waiting += [link for link in links if not urlsplit(link).netloc and len(link) < 300]
    yield from sent_by(client, submissions[0])


def streamed(user, path: str) -> bytes:
    """A story from its beginning to its end, or a bundle, as the stream tells it."""

    async def watch() -> bytes:
        client = AsyncClient()
        await client.aforce_login(user)
        answer = await client.get(path)
        return b"".join([piece async for piece in answer.streaming_content]) if answer.streaming else answer.content

    return async_to_sync(watch)()


def sent_by(client: Client, submission: Submission) -> Iterator[tuple[str, bytes]]:
    """The answers to what is sent, and to what is sent wrongly."""
    place = "/challenges/planted/"
    bodies = ['{"source": "x", "kind": "run"}', '{"source": "y", "revision": 0}', '{"source": "z", "revision": 9}', "["]
    pages = ("", "submissions/", "draft/", "notes/", "solution/", "solution/show/", "attempts/difference/")
    for path in (f"{submission.get_absolute_url()}cancel/", "/x/", *(place + page for page in pages)):
        for method in (client.post, client.put, client.delete):
            for body in bodies:
                answer = method(path, body, content_type="application/json")
                yield path, str(answer.headers).encode() + answer.content


def test_nothing_that_a_candidate_can_open_holds_a_secret(graded, ana, bob):
    submissions = list(Submission.objects.filter(candidate=ana))
    opened = []
    for user in (ana, bob):
        for path, answer in everything(user, submissions if user == ana else submissions[:1]):
            opened.append(path)
            assert not secrets_in(answer), path
    mine = graded.get_absolute_url()
    place = "/challenges/planted/"
    assert {mine, f"{mine}state/", f"{mine}events/", place, "/dashboard/"} <= set(opened)
    assert f"{mine}bundle/" in opened
    assert {f"{place}attempts/", f"{place}notes/", f"{place}solution/"} <= set(opened)
    assert any(path.startswith("/static/") for path in opened)


def test_no_file_that_is_served_holds_a_secret():
    for finder in get_finders():
        for name, storage in finder.list([]):
            with storage.open(name) as file:
                assert not secrets_in(file.read()), name


def test_an_error_of_ours_shows_none(graded, ana, monkeypatch):
    monkeypatch.setattr("gradetape.submissions.views.look", lambda *_: planted().files["no such"])
    client = signed_in(ana)
    client.raise_request_exception = False
    answer = client.get(graded.get_absolute_url())
    assert answer.status_code == 500
    assert not secrets_in(answer.content)


def test_hidden_cases_say_their_hint_and_a_kind_and_no_more(graded, ana):
    told = json.loads(signed_in(ana).get(f"{graded.get_absolute_url()}state/").content)["events"]
    by_type: dict[str, list[dict]] = {}
    for event in told:
        by_type.setdefault(event["type"], []).append(event["data"])
    cases = {data["case"]: data for data in by_type["case"]}
    for name in HIDDEN:
        case = cases[name]
        assert (case["seconds"], case["difference"]) == (None, None), name
        # A line of one's own file is the most that is told of where.
        assert not re.search(r"\d{2,}", case["message"] or ""), case["message"]
    assert cases["kept"]["hint"] is None
    assert cases["numbers"]["hint"] == "Look at it again."
    assert cases["raising"]["message"] == "Your code raised an exception."
    assert {data["case"] for name in ("output", "progress") for data in by_type.get(name, [])} <= {"shown", None}
    assert set(by_type["finished"][0]["timings"]) == {"jail_ms", "first_case_ms"}


def test_no_page_and_no_row_has_a_hidden_case_s_time(graded, ana):
    assert set(graded.cases.filter(sample=False).values_list("seconds", flat=True)) == {None}
    page = signed_in(ana).get(graded.get_absolute_url()).content.decode()
    shown = re.findall(r'data-case="(\w+)".*?data-seconds>([^<]*)<', page, re.DOTALL)
    assert {case for case, seconds in shown if seconds} == {"shown"}


def test_a_row_of_a_hidden_case_cannot_hold_a_time_or_a_number(graded):
    hidden = CaseResult.objects.filter(submission=graded, case="kept")
    for numbers in ({"seconds": 0.5}, {"difference": {"kind": "values"}}):
        with pytest.raises(IntegrityError):
            hidden.update(**numbers)


class Recorder:
    """A teller that notes when it sends."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.sent: list[list[str]] = []

    def keep(self, type: str, data: dict) -> bool:  # noqa: A002  # the teller's own word
        self.kept.append(data["case"])
        return True

    def send(self) -> None:
        self.sent.append(list(self.kept))

    def tell(self, type: str, data: dict) -> None:  # noqa: A002  # the teller's own word
        self.keep(type, data)
        self.send()


def test_samples_are_told_at_once_and_hidden_cases_at_the_next_tick(monkeypatch):
    monkeypatch.setattr(pacing, "TICK_SECONDS", 1000)
    recorder = Recorder()
    paced = PacedTeller(recorder, ["hidden"])
    paced.tell("case", {"case": "shown"})
    paced.tell("case", {"case": "hidden"})
    assert recorder.sent == [["shown"]]
    monkeypatch.setattr(pacing, "TICK_SECONDS", 0.01)
    with paced:
        wait_until(lambda: len(recorder.sent) == 2)
    assert recorder.sent[-1] == ["shown", "hidden"]


def test_the_moments_of_hidden_cases_are_those_of_the_clock(monkeypatch):
    """However long each takes, what is sent in between two ticks is sent together."""
    monkeypatch.setattr(pacing, "TICK_SECONDS", 0.3)
    recorder = Recorder()
    with PacedTeller(recorder, ["a", "b", "c"]) as paced:
        for case in "abc":
            time.sleep(0.002)
            paced.tell("case", {"case": case})
        wait_until(lambda: recorder.sent)
    assert len(recorder.sent) <= 2
    assert recorder.sent[-1] == ["a", "b", "c"]


def test_a_grading_tells_of_hidden_cases_in_ticks(send, take, ana, monkeypatch):
    monkeypatch.setattr(pacing, "TICK_SECONDS", 1000)
    monkeypatch.setattr(engines.Holder, "engine", None)
    told_early: set[str | None] = set()

    def send_noted(teller: Teller, *, last: bool = False) -> None:
        if not last:
            told_early.update(event.values().get("case") for event in teller.events)

    monkeypatch.setattr(Teller, "send", send_noted)
    submission = send(ana)
    grading.grade(take(submission))
    assert Submission.objects.get(pk=submission.pk).verdict == "accepted"
    assert told_early == {None, "two"}


@pytest.mark.parametrize(
    "text",
    [
        "zq-check-5b81f3", "ZQ-HINT-a93b52", "%7a%71%2d%64%61%74%61%2d%37%64%32%30%63%39", "enEtcmV2aWV3LTFmNmUwOA==",
        "AHpxLXJldmlldy0xZjZlMDg=", "[734.8125, 1.0]", "734.81", "7.348125e+02", "0x1.6f68000000000p+9", "9041733",
        "9,041,733", "00b4374400a8814300ee9144", "LS0AtDdEAKiBQwDukUQ=",
    ],
)  # fmt: skip
def test_the_search_finds_every_form(text):
    hidden = struct.pack("<3f", 367.40625, 129.65625, 583.71875)
    for written in (text, hidden.hex(), base64.b64encode(b"x" + hidden).decode()):
        assert secrets_in(f"<p>{written}</p>".encode()), written
    assert not secrets_in(b"<p>nothing of the kind: 42, 367, 734, zq-none</p>")


def test_the_story_s_rows_are_what_was_searched(graded):
    """The database's own copy of the story is what pages are made of."""
    for event in SubmissionEvent.objects.filter(submission=graded):
        assert not secrets_in(event.data.encode())
    assert settings.SECRET_KEY not in str(graded.output)
    assert not secrets_in(json.dumps(graded.output).encode())
