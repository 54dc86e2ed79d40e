"""A tiny provider of OpenID Connect, for tests of a company's sign-in."""

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit


class Provider:
    """A provider of OpenID Connect: hands out codes for `person`, and checks secret and PKCE when one is redeemed."""

    def __init__(self) -> None:
        self.person = {"sub": "7", "email": "Grace@example.org", "email_verified": True, "name": " Grace  H. "}
        self.challenges: dict[str, str] = {}
        self.broken = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

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

    def page(self, address: str) -> str:
        """The same for a browser: its page agrees at once, and sends people back where they came from."""
        back = urlsplit(parse_qs(urlsplit(address).query)["redirect_uri"][0])
        return f"{back.scheme}://{back.netloc}{self.agree(address)}"

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
                if not self.path.startswith("/authorize"):
                    self._say({})
                    return
                self.send_response(302)
                self.send_header("Location", provider.page(self.path))
                self.end_headers()

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
