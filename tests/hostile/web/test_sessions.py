"""Signing in and out: whose session it is, and how often one may guess."""

from __future__ import annotations

import pytest

from tests.hostile.web.server import Server
from tests.hostile.web.visitor import FORM, SESSION_COOKIE, Visitor

PLANTED = "abcdefghijklmnopqrstuvwxyz012345"
GUESSES = 5


@pytest.fixture
def stranger(server: Server) -> Visitor:
    return Visitor(server.proxied_port)


def enter(server: Server, visitor: Visitor, name: str = "bob") -> str:
    """Sign in; the session's id."""
    assert visitor.sign_in(server.facts["emails"][name], server.facts["password"]).status == 302
    return visitor.cookies[SESSION_COOKIE]


def opens(server: Server, session: str) -> bool:
    """Whether a session lets its bearer in."""
    bearer = Visitor(server.proxied_port, cookies={SESSION_COOKIE: session})
    return bearer.ask("GET", "/dashboard/").status == 200


def test_an_id_that_the_attacker_planted_is_not_the_one_that_is_signed_in(server: Server, stranger: Visitor) -> None:
    stranger.cookies[SESSION_COOKIE] = PLANTED
    assert enter(server, stranger) != PLANTED
    assert not opens(server, PLANTED)


def test_an_id_from_before_the_sign_in_is_worth_nothing_after_it(server: Server, stranger: Visitor) -> None:
    # A reset mail leaves a message behind, and that takes a session.
    stranger.fill("/accounts/password/reset/", email="dora@example.org")
    before = stranger.cookies.get(SESSION_COOKIE, "")
    after = enter(server, stranger)
    assert after != before
    assert opens(server, after)
    assert not (before and opens(server, before))


def test_signing_in_again_and_as_somebody_else_changes_the_id_and_ends_the_old_one(
    server: Server, stranger: Visitor
) -> None:
    first = enter(server, stranger)
    stranger.fill("/accounts/logout/")
    second = enter(server, stranger, "dora")
    assert first != second
    assert (opens(server, first), opens(server, second)) == (False, True)


def test_signing_out_ends_the_session_on_the_server(server: Server, stranger: Visitor) -> None:
    session = enter(server, stranger)
    stranger.ask("GET", "/dashboard/")
    assert stranger.fill("/accounts/logout/").status == 302
    assert not opens(server, session)
    assert stranger.ask("GET", "/dashboard/").status == 302


def test_a_new_password_ends_every_other_session(server: Server) -> None:
    here, elsewhere = Visitor(server.proxied_port), Visitor(server.proxied_port)
    other = enter(server, elsewhere, "cleo")
    enter(server, here, "cleo")
    old, new = server.facts["password"], "another-long-pass-phrase"
    changed = here.fill("/accounts/password/change/", oldpassword=old, password1=new, password2=new)
    assert changed.status == 302
    assert opens(server, here.cookies[SESSION_COOKIE])
    assert not opens(server, other)
    here.fill("/accounts/password/change/", oldpassword=new, password1=old, password2=old)


def test_cookies_say_where_they_may_go(server: Server, stranger: Visitor) -> None:
    answer = stranger.sign_in(server.facts["emails"]["bob"], server.facts["password"])
    assert {SESSION_COOKIE, "__Host-csrftoken"} <= set(answer.cookies)
    for name, rest in answer.cookies.items():
        attributes = {part.strip().lower() for part in rest.split(";")[1:]}
        # The prefix has the browser refuse a cookie of that name that a neighbouring host sets.
        assert name.startswith("__Host-"), name
        assert {"secure", "path=/", "samesite=lax"} <= attributes, rest
        assert not any(part.startswith("domain") for part in attributes), rest
        assert ("httponly" in attributes) == (name == SESSION_COOKIE), rest


def test_guessing_one_person_s_password_is_slowed_down_and_others_are_not(server: Server) -> None:
    attacker, email = Visitor(server.proxied_port), server.facts["emails"]["eli"]
    for _ in range(GUESSES):
        assert attacker.sign_in(email, "guess-after-guess").status == 200
    late = attacker.sign_in(email, server.facts["password"])
    assert (late.status, SESSION_COOKIE in attacker.cookies) != (302, True)
    # Wherever the next guess comes from.
    elsewhere = Visitor(server.proxied_port)
    assert elsewhere.sign_in(email, server.facts["password"]).status != 302
    assert enter(server, Visitor(server.proxied_port), "bob")


def test_guessing_everybody_s_password_from_one_address_is_slowed_down(server: Server) -> None:
    attacker = Visitor(server.proxied_port)
    attacker.ask("GET", "/accounts/login/")
    said = []
    for number in range(120):
        # What the attacker writes into the header stands before what the proxy adds, and counts for nothing.
        headers = {"X-Forwarded-For": f"172.16.0.{number}, {attacker.address}", "Content-Type": FORM}
        guess = attacker.ask("POST", "/accounts/login/", f"login=p{number}@example.org&password=guess", headers)
        said.append(guess.status)
        if said[-1] == 429:
            break
    assert said[-1] == 429, said
    assert enter(server, Visitor(server.proxied_port), "bob")


def test_a_wrong_password_and_an_unknown_person_look_the_same(server: Server) -> None:
    texts = []
    for email in ("ada@example.org", "nobody@example.org"):
        visitor = Visitor(server.proxied_port)
        answer = visitor.sign_in(email, "guess-after-guess")
        page = answer.text.replace(email, "").replace(visitor.token, "")
        texts.append((answer.status, page))
    assert texts[0][0] == texts[1][0]
    assert len(texts[0][1].splitlines()) == len(texts[1][1].splitlines())
    assert "not correct" in texts[0][1]
    assert "not correct" in texts[1][1]


def test_asking_for_a_new_password_says_nothing_of_who_is_there(server: Server) -> None:
    said = []
    for email in ("ada@example.org", "nobody@example.org"):
        visitor = Visitor(server.proxied_port)
        answer = visitor.fill("/accounts/password/reset/", email=email)
        said.append((answer.status, answer.headers.get("location")))
    assert said[0] == said[1]


def test_a_reset_link_names_our_own_host(server: Server) -> None:
    visitor = Visitor(server.proxied_port)
    visitor.ask("GET", "/accounts/password/reset/")
    headers = {"X-Forwarded-Host": "evil.example", "Content-Type": FORM}
    assert visitor.ask("POST", "/accounts/password/reset/", "email=ana@example.org", headers).status == 302
    mails = [mail.read_text() for mail in (server.folder / "var" / "mail").iterdir()]
    assert any("https://grade.example.org/accounts/password/reset/" in mail for mail in mails)
    assert not any("evil.example" in mail for mail in mails)
