"""Tokens: made once, shown once, kept as a digest, good for what they say and as long as they say."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.api.models import ApiToken, Scope
from gradetape.api.tokens import TokenError, digest_of, make_token, token_of

pytestmark = pytest.mark.django_db
ASKED = {"name": "laptop", "scope": "submit", "lifetime": "30"}


@pytest.fixture(autouse=True)
def nobody_is_throttled_yet():
    cache.clear()


@pytest.fixture
def browser(ana) -> Client:
    """Ana, who signed in just now."""
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    client = Client()
    client.post("/accounts/login/", {"login": ana.email, "password": "a-long-password"})
    return client


def ask(text: str | None, page: str = "/api/me", method: str = "get", **body):
    headers = {"Authorization": f"Bearer {text}"} if text else {}
    return getattr(Client(), method)(page, body or None, content_type="application/json", headers=headers)


def shown(answer) -> str:
    return re.search(r"gt_[\w-]{43}", answer.text)[0]


def test_a_token_is_shown_once_and_works(browser, ana):
    text = shown(browser.post("/accounts/tokens/new/", ASKED))
    assert ask(text).json()["token"] == "laptop"
    page = browser.get("/accounts/tokens/").text
    assert text not in page
    assert text[:8] in page


def test_only_a_digest_is_kept(browser, ana):
    text = shown(browser.post("/accounts/tokens/new/", ASKED))
    token = ApiToken.objects.get()
    assert token.digest == digest_of(text)
    assert text not in str(vars(token))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"name": " "}, "required"), ({"scope": "everything"}, "valid choice"), ({"lifetime": "9999"}, "valid choice")],
)
def test_a_form_that_is_not_right_says_why(browser, wrong, told):
    answer = browser.post("/accounts/tokens/new/", {**ASKED, **wrong})
    assert answer.status_code == 422
    assert told in answer.text
    assert not ApiToken.objects.exists()


def test_two_tokens_do_not_share_a_name(browser):
    browser.post("/accounts/tokens/new/", ASKED)
    answer = browser.post("/accounts/tokens/new/", ASKED)
    assert "already have a token called laptop" in answer.text
    assert ApiToken.objects.count() == 1


def test_there_is_an_end_to_how_many(ana, settings):
    settings.TOKENS_A_PERSON = 2
    for name in ("one", "two"):
        make_token(user=ana, name=name, scope=Scope.READ, days=None)
    with pytest.raises(TokenError, match="Revoke one"):
        make_token(user=ana, name="three", scope=Scope.READ, days=None)


def test_a_revoked_token_opens_nothing(browser, ana):
    made = make_token(user=ana, name="one", scope=Scope.READ, days=None)
    assert ask(made.text).status_code == 200
    assert browser.post(f"/accounts/tokens/{made.token.pk}/revoke/").status_code == 302
    answer = ask(made.text)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_token_opens_nothing_and_is_marked(browser, ana):
    made = make_token(user=ana, name="one", scope=Scope.READ, days=1)
    assert ask(made.text).status_code == 200
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert ask(made.text).status_code == 401
    assert "Expired" in browser.get("/accounts/tokens/").text


def test_a_token_of_a_closed_account_opens_nothing(ana):
    made = make_token(user=ana, name="one", scope=Scope.READ, days=None)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert ask(made.text).status_code == 401


def test_nobody_revokes_or_sees_somebody_else_s_token(ana, as_bob):
    made = make_token(user=ana, name="anas-laptop", scope=Scope.READ, days=None)
    assert as_bob.post(f"/accounts/tokens/{made.token.pk}/revoke/").status_code == 404
    assert "anas-laptop" not in as_bob.get("/accounts/tokens/").text
    assert ask(made.text).status_code == 200


def test_it_is_known_when_a_token_was_used_last(ana):
    made = make_token(user=ana, name="one", scope=Scope.READ, days=None)
    assert ApiToken.objects.get().last_used_at is None
    ask(made.text)
    used = ApiToken.objects.get().last_used_at
    assert used
    ask(made.text)
    assert ApiToken.objects.get().last_used_at == used


def test_a_token_that_reads_writes_nothing(ana, version):
    made = make_token(user=ana, name="one", scope=Scope.READ, days=None)
    answer = ask(made.text, "/api/challenges/doubling/draft", "put", source="x", revision=0)
    assert (answer.status_code, answer.json()["code"]) == (403, "read_only")
    answer = ask(made.text, "/api/challenges/doubling/submissions", "post", source="x")
    assert answer.status_code == 403
    assert not ana.submissions.exists()


@pytest.mark.parametrize("wrong", ["", "gt_", "gt_" + "x" * 43, "x" * 5000, "gt_\udcff", "gt_ünïcode"])
def test_what_is_no_token_is_none(ana, wrong):
    make_token(user=ana, name="one", scope=Scope.READ, days=None)
    assert token_of(wrong) is None


@pytest.mark.parametrize("header", ["Basic YW5hOng=", "Bearer", "gt_x", "Bearer gt_x gt_y", ""])
def test_other_headers_are_refused_in_words(header):
    answer = Client().get("/api/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert "Bearer" in answer.json()["detail"]


def test_a_token_opens_the_api_and_no_page(ana):
    made = make_token(user=ana, name="one", scope=Scope.SUBMIT, days=None)
    for page in ("/dashboard/", "/accounts/tokens/", "/challenges/"):
        assert ask(made.text, page).status_code in {302, 401}


def test_a_wrong_token_is_not_made_good_by_a_session(browser):
    answer = browser.get("/api/me", headers={"Authorization": "Bearer gt_wrong"})
    assert answer.status_code == 401


def test_guessing_tokens_is_slowed_down(ana, settings, monkeypatch):
    # Never at the turn of a minute.
    monkeypatch.setattr("gradetape.api.admission.time", lambda: 1_000_000.0)
    settings.API_WRONG_TOKENS_A_MINUTE = 3
    answers = [ask("gt_wrong").status_code for _ in range(5)]
    assert answers == [401, 401, 401, 429, 429]
    made = make_token(user=ana, name="one", scope=Scope.READ, days=None)
    assert ask(made.text).status_code == 200
