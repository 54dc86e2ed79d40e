"""The API: who comes in, challenges, drafts, the document, and how it says no."""

import json

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis.exceptions import RedisError
from support import finish

from gradetape.api.models import Scope
from gradetape.api.tokens import make_token
from gradetape.catalog.actions import publish
from gradetape.submissions.models import Draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_is_throttled_yet():
    cache.clear()


@pytest.fixture
def api(ana) -> Client:
    """A program of Ana's."""
    made = make_token(user=ana, name="tests", scope=Scope.SUBMIT, days=None)
    return Client(headers={"Authorization": f"Bearer {made.text}"})


def put(client: Client, page: str, **body):
    return client.put(page, json.dumps(body), content_type="application/json")


def assert_problem(answer, status: int, code: str) -> dict:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert (said["status"], said["code"]) == (status, code)
    assert said["detail"].endswith((".", "…"))
    return said


def test_a_program_learns_who_it_is(api, as_ana):
    said = api.get("/api/me").json()
    assert (said["email"], said["role"], said["scope"]) == ("ana@example.org", "candidate", "submit")
    assert as_ana.get("/api/me").json()["token"] is None


def test_who_is_nobody_is_told_how_to_come_in():
    for answer in (Client().get("/api/me"), Client().post("/api/challenges/doubling/submissions", {})):
        assert "Bearer" in assert_problem(answer, 401, "signed_out")["detail"]


def test_a_session_writes_with_its_csrf_token_only(ana, version):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    page, body = "/api/challenges/doubling/draft", {"source": "x", "revision": 0}
    assert_problem(put(client, page, **body), 403, "csrf")
    client.get("/challenges/doubling/")
    token = client.cookies["csrftoken"].value
    answer = client.put(page, json.dumps(body), content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 200


def test_a_token_needs_no_csrf_token_whatever_cookies_come_along(ana, bob, version):
    made = make_token(user=ana, name="tests", scope=Scope.SUBMIT, days=None)
    for cookies in (False, True):
        client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {made.text}"})
        if cookies:
            client.force_login(bob)
        answer = put(client, "/api/challenges/doubling/draft", source="x", revision=0)
        assert answer.status_code == 200
    assert Draft.objects.get().candidate == ana


def test_challenges_are_listed_with_where_one_stands(api, ana, send, take):
    finish(take(send(ana)))
    said = api.get("/api/challenges").json()
    assert (said["total"], said["page"], said["next"]) == (1, 1, None)
    row = said["items"][0]
    assert (row["slug"], row["state"], row["best"]) == ("doubling", "solved", 100)
    assert [(part["id"], part["earned"]) for part in row["parts"]] == [("basics", 75), ("edges", 25)]
    assert row["url"] == "http://testserver/challenges/doubling/"


def test_lists_come_in_parts_that_lead_to_one_another(api, tiny):
    for number in range(5):
        publish(package=tiny(f"number-{number}"))
    seen, page = [], "/api/challenges?size=2&q=doubling"
    while page:
        said = api.get(page).json()
        seen += [row["slug"] for row in said["items"]]
        assert len(said["items"]) <= 2
        page = said["next"]
    assert sorted(seen) == [f"number-{number}" for number in range(5)]


def test_a_list_costs_the_same_however_long_it_is(api, ana, send, take, tiny):
    finish(take(send(ana)))
    api.get("/api/me")
    few = {page: queries(api, page) for page in ("/api/challenges", "/api/submissions")}
    for number in range(4):
        publish(package=tiny(f"number-{number}"))
        finish(take(send(ana)))
    assert {page: queries(api, page) for page in few} == few
    assert max(few.values()) <= 6


def queries(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("query", "slugs"),
    [("q=number", ["doubling"]), ("q=nothing", []), ("topic=warm-up", ["doubling"]), ("difficulty=hard", []),
     ("state=new", ["doubling"]), ("state=solved", []), ("kind=coding&runtime=keras3", ["doubling"])],
)  # fmt: skip
def test_lists_are_filtered_as_on_the_page(api, version, query, slugs):
    said = api.get(f"/api/challenges?{query}").json()
    assert [row["slug"] for row in said["items"]] == slugs


def test_a_challenge_comes_with_all_that_solving_it_takes(api, version):
    said = api.get("/api/challenges/doubling").json()
    assert said["statement"].startswith("# Doubling")
    assert said["starter"].startswith("def double")
    assert said["contract"] == [{"name": "double", "kind": "function", "signature": ""}]
    assert [case["id"] for part in said["parts"] for case in part["cases"]] == ["two", "three", "nothing"]
    assert said["limits"]["cpu_seconds"] == 60


def test_nothing_secret_of_a_challenge_gets_out(api, ana, send, take, version):
    sent = send(ana)
    finish(take(sent))
    pages = ["challenges", "challenges/doubling", "challenges/doubling/draft", "submissions", "me", "openapi.json",
             f"submissions/{sent.pk}", f"submissions/{sent.pk}/state"]  # fmt: skip
    secrets = ["planted-", "sample-hint", ana.password, *map(str, version.archive.seeds)]
    for page in pages:
        answer = api.get(f"/api/{page}")
        assert answer.status_code == 200
        assert not [secret for secret in secrets if secret in answer.text], page


@pytest.mark.parametrize("page", ["/api/challenges/none", "/api/challenges/none/draft", "/api/nothing", "/api/"])
def test_what_is_not_there_is_a_problem(api, page):
    assert_problem(api.get(page), 404, "not_found")


def test_the_draft_begins_with_the_starter(api, version):
    said = api.get("/api/challenges/doubling/draft").json()
    assert said == {"source": version.starter, "revision": 0, "saved_at": None}


def test_a_draft_is_saved_on_top_of_its_revision(api, ana, version):
    page = "/api/challenges/doubling/draft"
    assert put(api, page, source="one", revision=0).json()["revision"] == 1
    assert put(api, page, source="two", revision=1).json()["revision"] == 2
    assert api.get(page).json()["source"] == "two"
    assert Draft.objects.get(candidate=ana).source == "two"


def test_a_draft_that_changed_meanwhile_comes_back_with_the_refusal(api, as_ana, version):
    page = "/api/challenges/doubling/draft"
    put(as_ana, "/challenges/doubling/draft/", source="in the browser", revision=0)
    said = assert_problem(put(api, page, source="in my editor", revision=0), 409, "conflict")
    assert (said["draft"]["source"], said["draft"]["revision"]) == ("in the browser", 1)
    assert api.get(page).json()["source"] == "in the browser"


@pytest.mark.parametrize(
    ("body", "place"),
    [({}, "source"), ({"source": 3, "revision": 0}, "source"), ({"source": "x", "revision": -1}, "revision"),
     ({"source": "x", "revision": 2**31}, "revision"), ({"source": "x", "revision": "many"}, "revision")],
)  # fmt: skip
def test_a_body_of_another_shape_is_told_where(api, version, body, place):
    said = assert_problem(put(api, "/api/challenges/doubling/draft", **body), 422, "not_valid")
    assert place in {one["where"].rpartition(".")[2] for one in said["errors"]}
    assert place in said["detail"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"null"])
def test_a_body_that_is_no_json_object_is_refused(api, version, body):
    answer = api.put("/api/challenges/doubling/draft", body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_what_is_too_large_says_so(api, version):
    said = put(api, "/api/challenges/doubling/draft", source="x" * (256 * 1024 + 1), revision=0)
    assert_problem(said, 413, "too_large")


@pytest.mark.parametrize("query", ["page=0", "size=101", "page=x"])
def test_a_part_that_no_list_has_is_refused(api, query):
    assert_problem(api.get(f"/api/challenges?{query}"), 422, "not_valid")


def test_too_many_requests_are_told_when_to_come_back(api, settings, monkeypatch):
    # Never at the turn of a minute.
    monkeypatch.setattr("gradetape.api.admission.time", lambda: 1_000_000.0)
    settings.API_REQUESTS_A_MINUTE = 3
    answers = [api.get("/api/me") for _ in range(4)]
    assert [answer.status_code for answer in answers[:3]] == [200] * 3
    said = assert_problem(answers[3], 429, "too_many")
    assert 0 < int(answers[3].headers["Retry-After"]) == said["retry_after"] <= 60


def test_without_redis_the_api_answers(api, monkeypatch):
    def gone(*args, **kwargs):
        raise RedisError

    monkeypatch.setattr(cache, "incr", gone)
    assert api.get("/api/me").status_code == 200


def test_an_error_of_ours_is_a_problem_without_its_inside(api, monkeypatch):
    monkeypatch.setattr("gradetape.api.challenges.matching", lambda *args: 1 / 0)
    api.raise_request_exception = False
    answer = api.get("/api/challenges")
    assert_problem(answer, 500, "server_error")
    assert "Zero" not in answer.text


def test_methods_that_are_not_offered_are_a_problem(api):
    assert_problem(api.delete("/api/me"), 405, "method")


def test_the_document_describes_every_address(client):
    document = client.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.")
    described = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert len(described) == 11
    assert ("/api/submissions/{pk}/events", "get") in described
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["description"]
            assert "401" in operation["responses"]


def test_every_reference_in_the_document_leads_somewhere(client):
    text = client.get("/api/openapi.json").text
    shapes = set(json.loads(text)["components"]["schemas"])
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= shapes


def test_the_docs_show_every_address_and_ask_no_other_host(client):
    page = client.get("/api/docs")
    for path in client.get("/api/openapi.json").json()["paths"]:
        assert path in page.text
    assert "https://" not in page.text
    assert " style=" not in page.text
