"""Signing in at a company's own provider, against a tiny one that speaks OpenID Connect."""

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from gradetape import environment
from gradetape.accounts.models import Role, User

pytestmark = pytest.mark.django_db(transaction=True)
BEGIN = "/accounts/oidc/company/login/?process=login"


class Provider:
    """A provider of OpenID Connect: hands out codes for `person`, and checks secret and PKCE when one is redeemed."""

    def __init__(self) -> None:
        self.person = {"sub": "7", "email": "Grace@example.org", "email_verified": True, "name": " Grace  H. "}
        self.challenges: dict[str, str] = {}
        self.broken = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def agree(self, address: str) -> str:
        """What its page does once somebody has agreed there: the address that they are sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == "gradetape"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.challenges)}"
        self.challenges[code] = asked["code_challenge"]
        back = urlsplit(asked["redirect_uri"])
        assert back.path == "/accounts/oidc/company/login/callback/"
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state']})}"

    def answer(self, path: str, form: dict[str, list[str]]) -> dict[str, object] | None:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token", "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys", "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }  # fmt: skip
        if path == "/userinfo":
            return self.person
        if path != "/token" or self.broken or form.get("client_secret") != ["a-secret"]:
            return None
        proof = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != self.challenges.pop(form["code"][0], None):
            return None
        return {"access_token": "token", "token_type": "Bearer"}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say({})

            def do_POST(self) -> None:
                self._say(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))

            def _say(self, form: dict[str, list[str]]) -> None:
                answer = provider.answer(urlsplit(self.path).path, form)
                self.send_response(200 if answer else 400)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(answer or {"error": "invalid_grant"}).encode())

            def log_message(self, *args: object) -> None:
                pass

        return Handler


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
    made.server.shutdown()
    made.server.server_close()


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
    session["account_authentication_methods"][0]["at"] -= 3600
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
