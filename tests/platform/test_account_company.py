"""Signing in at a company's own provider, against a tiny one that speaks OpenID Connect."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from gradetape import environment
from gradetape.accounts.models import Role, User
from tests.browser.provider import Provider

pytestmark = pytest.mark.django_db
BEGIN = "/accounts/oidc/company/login/?process=login"


@pytest.fixture
def provider(settings, monkeypatch):
    cache.clear()
    made = Provider()
    monkeypatch.setenv("OIDC_URL", made.url)
    monkeypatch.setenv("OIDC_NAME", "Initech")
    monkeypatch.setenv("OIDC_CLIENT_ID", "gradetape")
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "a-secret")
    settings.COMPANY = environment.company()
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [settings.COMPANY.as_app()]}
    }
    yield made
    made.stop()


def come_from(provider: Provider, client: Client, begin: str = BEGIN):
    """Through the button, the provider's page, and back."""
    sent = client.post(begin)
    assert sent.headers["Location"].startswith(f"{provider.url}/authorize?")
    return client.get(provider.agree(sent.headers["Location"]))


def test_the_button_is_there_where_a_provider_is_set_up(provider):
    page = Client().get("/accounts/login/").text
    assert "Sign in with Initech" in page
    assert "Sign in with Initech" in Client().get("/accounts/signup/").text


def test_without_one_there_is_neither_button_nor_address():
    assert "oidc" not in Client().get("/accounts/login/").text
    assert Client().post(BEGIN).status_code == 404


def test_somebody_new_gets_an_account_as_a_candidate(provider):
    client = Client()
    assert come_from(provider, client).headers["Location"] in {"/challenges/", "/dashboard/"}
    user = User.objects.get()
    assert (user.email, user.display_name, user.role) == ("grace@example.org", "Grace H.", Role.CANDIDATE)
    assert not user.has_usable_password()
    assert client.get("/dashboard/").status_code == 200


def test_somebody_known_comes_back_to_the_same_account(provider):
    come_from(provider, Client())
    provider.person["email"] = "other@example.org"
    come_from(provider, Client())
    assert User.objects.count() == SocialAccount.objects.count() == 1


def test_an_account_with_the_same_confirmed_address_is_theirs(provider):
    user = User.objects.create_user("grace@example.org", "g-long-password")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client = Client()
    come_from(provider, client)
    assert client.get("/accounts/profile/").context["user"] == user
    assert User.objects.get().has_usable_password()


def test_whoever_took_the_address_before_without_confirming_it_is_out(provider):
    user = User.objects.create_user("grace@example.org", "known-to-an-attacker")
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    attacker = Client()
    attacker.post("/accounts/login/", {"login": user.email, "password": "known-to-an-attacker"})
    assert attacker.get("/dashboard/").status_code == 200
    come_from(provider, Client())
    assert attacker.get("/dashboard/").status_code == 302
    assert not User.objects.get().has_usable_password()


def test_an_address_that_the_provider_has_not_confirmed_opens_nobody_s_account(provider, ana):
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    provider.person |= {"email": ana.email, "email_verified": False}
    client = Client()
    come_from(provider, client)
    assert client.get("/dashboard/").status_code == 302
    assert not SocialAccount.objects.exists()


def test_a_code_of_another_sign_in_is_refused(provider):
    first, second = Client(), Client()
    address = provider.agree(first.post(BEGIN).headers["Location"])
    second.post(BEGIN)
    assert "That did not work" in second.get(address).text
    assert not User.objects.exists()


def test_a_provider_that_refuses_is_said_in_words(provider):
    client = Client()
    sent = client.post(BEGIN)
    provider.broken = True
    answer = client.get(provider.agree(sent.headers["Location"]))
    assert "That did not work" in answer.text


def test_looking_at_the_address_starts_nothing(provider):
    answer = Client().get(BEGIN)
    assert answer.status_code == 200
    assert "Sign in with Initech" in answer.text


def test_an_account_is_connected_and_disconnected(provider, ana):
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    client = Client()
    client.post("/accounts/login/", {"login": ana.email, "password": "a-long-password"})
    come_from(provider, client, "/accounts/oidc/company/login/?process=connect")
    account = SocialAccount.objects.get(user=ana)
    assert "You can sign in with Initech." in client.get("/accounts/3rdparty/").text
    client.post("/accounts/3rdparty/", {"account": account.pk})
    assert not SocialAccount.objects.exists()


def test_deleting_asks_for_another_sign_in_there(provider):
    client = Client()
    come_from(provider, client)
    assert client.get("/accounts/data/delete/").status_code == 200
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    asked = client.get("/accounts/data/delete/")
    assert asked.headers["Location"] == "/accounts/again/?next=%2Faccounts%2Fdata%2Fdelete%2F"
    page = client.get(asked.headers["Location"]).text
    assert "Sign in with Initech" in page
    come_from(provider, client, f"{BEGIN}&next=/accounts/data/delete/")
    assert client.get("/accounts/data/delete/").status_code == 200


def test_the_page_that_asks_again_leads_nowhere_else(provider):
    client = Client()
    come_from(provider, client)
    assert "evil.example" not in client.get("/accounts/again/?next=https://evil.example/").text


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [("OIDC_URL", "ftp://sign-in.example.org", "https://"), ("OIDC_URL", "http://sign-in.example.org", "https://"),
     ("OIDC_CLIENT_ID", "", "OIDC_CLIENT_ID"), ("OIDC_CLIENT_SECRET", "", "OIDC_CLIENT_SECRET")],
)  # fmt: skip
def test_a_provider_that_is_half_set_up_stops_the_start(provider, monkeypatch, name, value, told):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=told):
        environment.company()


def test_forms_may_lead_to_the_provider_and_its_further_origins(provider, monkeypatch):
    monkeypatch.setenv("OIDC_ORIGINS", "https://login.example.org")
    company = environment.company()
    assert company
    assert company.origins == (provider.url, "https://login.example.org")
