"""One's own account: profile, time zone, e-mail, password, sessions, second factor."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from support import signed_in

from gradetape.accounts.models import Role, User
from gradetape.accounts.sessions import device_of, system_of

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password"
COUNTER = 1234567
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


@pytest.fixture(autouse=True)
def nobody_is_throttled_yet():
    cache.clear()


@pytest.fixture
def entered(ana):
    """Signs Ana in through the form, as a browser of that name."""
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)

    def enter(agent: str = FIREFOX) -> Client:
        client = Client(headers={"User-Agent": agent})
        answer = client.post("/accounts/login/", {"login": ana.email, "password": PASSWORD})
        assert answer.status_code == 302
        return client

    return enter


def an_hour_later(client: Client) -> None:
    """What the session says of its sign-in is older then."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()


def confirmed(client: Client, page: str, password: str = PASSWORD):
    """The page, after it has asked whether it is really her."""
    asked = client.get(page)
    assert asked.status_code == 302, page
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    answer = client.post(asked.headers["Location"], {"password": password})
    assert answer.status_code == (302 if password == PASSWORD else 200)
    return client.get(page)


def test_name_and_time_zone_are_kept(as_ana, ana):
    typed = {"display_name": " Ana  B. ", "time_zone": "Asia/Tokyo"}
    assert as_ana.post("/accounts/profile/", typed).status_code == 302
    ana.refresh_from_db()
    assert (ana.display_name, ana.time_zone) == ("Ana B.", "Asia/Tokyo")
    assert "Your profile is saved." in as_ana.get("/accounts/profile/").text


@pytest.mark.parametrize("wrong", [{"time_zone": "Mars/Base"}, {"display_name": " "}, {"display_name": "x" * 81}])
def test_what_is_no_profile_is_refused_with_a_reason(as_ana, ana, wrong):
    answer = as_ana.post("/accounts/profile/", {"display_name": "Other", "time_zone": "UTC", **wrong})
    assert answer.status_code == 422
    assert "errorlist" in answer.text
    assert User.objects.get(pk=ana.pk).display_name == "Ana"


def test_a_role_is_nothing_that_one_gives_oneself(as_ana, ana):
    as_ana.post("/accounts/profile/", {"display_name": "Ana", "role": "admin", "is_active": ""})
    ana.refresh_from_db()
    assert (ana.role, ana.is_active) == (Role.CANDIDATE, True)


def test_pages_speak_in_the_zone_of_their_reader(ana, as_ana, as_bob):
    evening = timezone.now().replace(year=2025, month=6, day=1, hour=20, minute=0)
    User.objects.update(date_joined=evening)
    User.objects.filter(pk=ana.pk).update(time_zone="Asia/Tokyo")
    page = as_ana.get("/accounts/profile/").text
    assert "since 2 Jun 2025" in page
    assert 'data-zone="Asia/Tokyo"' in page
    after = as_bob.get("/accounts/profile/").text
    assert "since 1 Jun 2025" in after
    assert "data-zone" not in after


def test_a_zone_that_is_gone_is_read_as_none(as_ana, ana):
    User.objects.filter(pk=ana.pk).update(time_zone="Atlantis/Capital")
    assert as_ana.get("/accounts/profile/").status_code == 200


def test_a_new_address_counts_once_its_link_was_opened(entered, ana):
    client = entered()
    client.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    ana.refresh_from_db()
    assert ana.email == "ana@example.org"
    assert "new@example.org" in client.get("/accounts/email/").text
    sent = next(one for one in mail.outbox if one.to == ["new@example.org"])
    link = re.search(r"http\S+/accounts/confirm-email/\S+", sent.body)[0]
    client.post(link.partition("testserver")[2])
    ana.refresh_from_db()
    assert ana.email == "new@example.org"


def test_an_account_is_never_without_an_address(entered, ana):
    client = entered()
    EmailAddress.objects.update(verified=False)
    for wanted in ("first@example.org", "second@example.org"):
        client.post("/accounts/email/", {"action_add": "", "email": wanted})
    ana.refresh_from_db()
    assert ana.email == "ana@example.org"
    assert {one.email for one in EmailAddress.objects.all()} == {"ana@example.org", "second@example.org"}
    client.post("/accounts/email/", {"action_remove": "", "email": "second@example.org"})
    client.post("/accounts/email/", {"action_remove": "", "email": "ana@example.org"})
    assert [one.email for one in EmailAddress.objects.all()] == ["ana@example.org"]


def test_an_address_of_another_account_is_not_taken_over(entered, bob):
    answer = entered().post("/accounts/email/", {"action_add": "", "email": "BOB@example.org"})
    assert "used here." in answer.text
    assert not EmailAddress.objects.filter(email__iexact="bob@example.org").exists()


def test_an_open_browser_is_asked_for_the_password_before_the_address_changes(entered, ana):
    client = entered()
    an_hour_later(client)
    asked = client.post("/accounts/email/", {"action_add": "", "email": "new@example.org"}).headers["Location"]
    assert asked.startswith("/accounts/reauthenticate/")
    assert client.post(asked, {"password": "something-else"}).status_code == 200
    assert not EmailAddress.objects.filter(email="new@example.org").exists()
    client.post(asked, {"password": PASSWORD})
    assert EmailAddress.objects.filter(email="new@example.org", verified=False).exists()


def test_whoever_has_just_signed_up_is_not_asked_who_they_are():
    client = Client()
    new = {"email": "new@example.org", "password1": "a-very-long-one", "display_name": "New"}
    client.post("/accounts/signup/", new)
    assert client.get("/accounts/tokens/new/").status_code == 200


@pytest.mark.parametrize("page", ["/accounts/2fa/totp/activate/", "/accounts/tokens/new/", "/accounts/data/delete/"])
def test_what_is_for_its_owner_alone_asks_again_after_a_while(entered, page):
    client = entered()
    assert client.get(page).status_code == 200
    an_hour_later(client)
    assert confirmed(client, page, "not-the-password").status_code == 302
    assert confirmed(client, page).status_code == 200


def test_a_new_password_ends_the_other_sessions_and_is_told_by_mail(entered):
    here, there = entered(), entered(SAFARI)
    answer = here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "another-long-one", "password2": "another-long-one"},
    )
    assert answer.status_code == 302
    assert here.get("/dashboard/").status_code == 200
    assert there.get("/dashboard/").status_code == 302
    assert "password" in mail.outbox[-1].subject.lower()


def test_sessions_are_listed_with_their_devices(entered):
    here = entered()
    entered(SAFARI)
    page = here.get("/accounts/sessions/").text
    assert page.index("Firefox on Linux") < page.index("Safari on iPhone")
    assert page.count("This session") == 1


def test_one_session_is_ended_and_the_others_stay(entered, ana):
    here, there, third = entered(), entered(SAFARI), entered()
    seat = UserSession.objects.get(user=ana, user_agent=SAFARI)
    assert here.post(f"/accounts/sessions/{seat.pk}/end/").status_code == 302
    assert [client.get("/dashboard/").status_code for client in (here, there, third)] == [200, 302, 200]


def test_all_other_sessions_are_ended_at_once(entered):
    here, there, third = entered(), entered(SAFARI), entered()
    assert here.post("/accounts/sessions/others/end/").status_code == 302
    assert [client.get("/dashboard/").status_code for client in (here, there, third)] == [200, 302, 302]


def test_nobody_ends_somebody_else_s_session_nor_this_way_their_own(entered, ana, as_bob):
    here = entered()
    seat = UserSession.objects.get(user=ana)
    assert as_bob.post(f"/accounts/sessions/{seat.pk}/end/").status_code == 404
    assert here.post(f"/accounts/sessions/{seat.pk}/end/").status_code == 404
    assert here.get("/dashboard/").status_code == 200


def test_a_session_says_when_it_was_seen_and_writes_that_rarely(entered, ana, settings):
    settings.SEEN_EVERY_SECONDS = 300
    client = entered()
    cache.clear()
    long_ago = timezone.now() - timedelta(days=2)
    UserSession.objects.update(last_seen_at=long_ago)
    client.get("/dashboard/")
    seen = UserSession.objects.get().last_seen_at
    assert seen > long_ago + timedelta(days=1)
    client.get("/dashboard/")
    assert UserSession.objects.get().last_seen_at == seen


def test_a_session_from_before_is_listed_once_it_is_used(ana, settings):
    settings.SEEN_EVERY_SECONDS = 300
    client = signed_in(ana)
    client.get("/dashboard/")
    assert "This session" in client.get("/accounts/sessions/").text


@pytest.mark.parametrize(
    ("agent", "named"),
    [(FIREFOX, ("Firefox", "Linux")), (SAFARI, ("Safari", "iPhone")), ("", ("Unknown browser", "")),
     ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", ("Edge", "Windows"))],
)  # fmt: skip
def test_devices_have_names(agent, named):
    assert (device_of(agent), system_of(agent)) == named


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, COUNTER))


@pytest.fixture(autouse=True)
def a_code_that_does_not_change(monkeypatch):
    """Else a code could be of the half minute before."""
    counters = "allauth.mfa.totp.internal.auth.yield_hotp_counters_from_time"
    monkeypatch.setattr(counters, lambda: iter([COUNTER]))


def with_factor(client: Client) -> str:
    """Sets up an app and answers its secret."""
    page = client.get("/accounts/2fa/totp/activate/")
    assert 'src="data:image/svg+xml' in page.text
    secret = page.context["form"].secret
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302
    return secret


def test_a_second_factor_is_asked_for_at_the_next_sign_in(entered, ana):
    secret = with_factor(entered())
    client = entered()
    assert client.get("/dashboard/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/dashboard/").status_code == 302
    cache.clear()
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/dashboard/").status_code == 200


def test_a_recovery_code_opens_once(entered):
    first = entered()
    with_factor(first)
    codes = first.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    assert len(codes) == 10
    statuses = []
    for _ in range(2):
        client = entered()
        client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        statuses.append(client.get("/dashboard/").status_code)
    assert statuses == [200, 302]


@pytest.mark.parametrize(
    "page",
    ["profile/", "sessions/", "tokens/", "data/", "password/change/", "2fa/", "password/reset/", "password/reset/done/",
     "confirm-email/", "inactive/", "3rdparty/", "3rdparty/login/cancelled/", "3rdparty/login/error/", "again/"],
)  # fmt: skip
def test_every_page_is_in_our_own_look(as_ana, page):
    answer = as_ana.get(f"/accounts/{page}")
    assert answer.status_code in {200, 401, 403}
    assert 'class="topbar"' in answer.text
    for foreign in (" style=", "onclick=", "third-party", "Third-Party"):
        assert foreign not in answer.text
