"""Where a webhook may go and where not, and receivers that misbehave."""

import socket
import ssl
import time
from datetime import timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone
from hooking import receiving

from gradetape.webhooks import sending
from gradetape.webhooks.addresses import may_reach, parsed
from gradetape.webhooks.exceptions import NotAllowed, NotSent

BODY = b'{"event":"ping"}'
PUBLIC = ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "1.1.1.1")
PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd12:3456::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "198.18.0.1", "192.0.2.1", "2001:db8::1",
)  # fmt: skip
NEVER = (
    "0.0.0.0", "169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "fe80::1%eth0", "224.0.0.1", "255.255.255.255",
    "240.0.0.1", "::", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:53aa::1",
    "fd00:ec2::254", "100.100.100.200",
)  # fmt: skip


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_PRIVATE = True
    with receiving() as running:
        yield running


@pytest.fixture
def names(monkeypatch):
    """Names that this machine looks up differently each time: `names["hook.test"] = [[addresses], [addresses]]`."""
    known: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def look_up(host, port, *rest, **more):
        if host not in known:
            return real(host, port, *rest, **more)
        answers = known[host]
        found = answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def post(url: str) -> int:
    return sending.post(url, BODY, {"Content-Type": "application/json"})


def test_public_addresses_may_be_reached_and_others_not(settings):
    assert all(may_reach(ip_address(one)) for one in PUBLIC)
    reached = [one for one in PRIVATE + NEVER if may_reach(ip_address(one))]
    assert reached == []


def test_private_networks_are_opened_by_the_setting_but_never_what_is_no_machine_of_ones_own(settings):
    settings.WEBHOOKS_PRIVATE = True
    assert all(may_reach(ip_address(one)) for one in PUBLIC + PRIVATE)
    reached = [one for one in NEVER if may_reach(ip_address(one))]
    assert reached == []


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"]
)
def test_a_private_address_is_refused_in_every_way_of_writing_it(receiver, settings, address):
    settings.WEBHOOKS_PRIVATE = False
    with pytest.raises(NotSent):
        post(f"http://{address}:{receiver.port}/")
    assert receiver.came == []


def test_a_name_with_one_private_address_is_refused(receiver, settings, names):
    settings.WEBHOOKS_PRIVATE = False
    names["hook.test"] = [["93.184.216.34", "127.0.0.1"]]
    with pytest.raises(NotAllowed):
        post(f"http://hook.test:{receiver.port}/")
    assert receiver.came == []


def test_the_address_that_was_judged_is_the_one_connected_to(receiver, names):
    """A name that answers differently the second time leads nowhere else: it is not asked a second time."""
    names["hook.test"] = [["127.0.0.1"], ["192.0.2.7"], ["192.0.2.7"]]
    assert post(f"http://hook.test:{receiver.port}/in") == 204
    assert len(names["hook.test"]) == 2
    assert receiver.came[0].headers["host"] == f"hook.test:{receiver.port}"


def test_another_address_of_the_host_is_tried_when_the_first_does_not_answer(receiver, names):
    names["hook.test"] = [["127.0.0.9", "127.0.0.1"]]
    assert post(f"http://hook.test:{receiver.port}/") == 204


def test_nobody_there(receiver, names):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotSent, match="no connection"):
        post(f"http://127.0.0.1:{port}/")
    with pytest.raises(NotSent, match="not found"):
        post("http://no-such-host.invalid/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "//example.org/", "example.org", "http://",
        "http://user:secret@example.org/", "http://user@example.org/", "http://example.org/#part", "http://example.org:99999/",
        "http://exa mple.org/", "http://example.org/\r\nX: y", "http://example.org/\x00", "http://ex\u00e4mple.org/",
        "http://[::1/", "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_what_is_no_address_for_a_message(url):
    with pytest.raises(NotAllowed):
        parsed(url)


def test_a_redirect_is_not_followed(receiver):
    receiver.manner = "redirecting"
    assert post(receiver.url) == 307
    assert [came.path for came in receiver.came] == ["/hook?x=1"]


@pytest.mark.parametrize("manner", ["silent", "dripping"])
def test_who_does_not_come_to_an_end_is_cut_off(receiver, settings, manner):
    settings.WEBHOOK_SECONDS = 0.7
    receiver.manner = manner
    began = time.monotonic()
    with pytest.raises(NotSent):
        post(receiver.url)
    # By far less than the minute for which the other side would have gone on.
    assert time.monotonic() - began < 30


def test_of_a_body_without_end_a_little_is_read(receiver):
    receiver.manner = "pouring"
    began = time.monotonic()
    assert post(receiver.url) == 200
    assert time.monotonic() - began < 30


def test_what_is_no_answer(receiver):
    receiver.manner = "babbling"
    with pytest.raises(NotSent, match="no answer"):
        post(receiver.url)


def test_proxies_of_the_environment_are_not_used(receiver, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert post(receiver.url) == 204


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A certificate of hook.test that this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hook.test")])
    now = timezone.now()
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hook.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path / "certificate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_the_certificate_has_to_be_that_of_the_host(settings, certificate, names, monkeypatch):
    settings.WEBHOOKS_PRIVATE = True
    names |= {"hook.test": [["127.0.0.1"]] * 2, "other.test": [["127.0.0.1"]]}
    with receiving(certificate) as receiver:
        assert post(f"https://hook.test:{receiver.port}/in") == 204
        for host in ("other.test", "127.0.0.1"):
            with pytest.raises(NotSent, match="certificate"):
                post(f"https://{host}:{receiver.port}/")
        monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
        with pytest.raises(NotSent, match="certificate"):
            post(f"https://hook.test:{receiver.port}/")
        assert len(receiver.came) == 1
