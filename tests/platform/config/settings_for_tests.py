"""The platform's settings under test: the real file, read from an environment made for tests.

Processes that a test starts inherit that environment, so they share its Redis, its folder and its database.
"""

import os
import secrets
import socket
import tempfile


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _own() -> dict[str, str]:
    return {
        "GRADETAPE_VAR": tempfile.mkdtemp(prefix="gradetape-tests-"),
        "REDIS_URL": f"redis://:{secrets.token_hex(8)}@127.0.0.1:{_free_port()}/0",
    }


os.environ.setdefault("GRADETAPE_EMBEDDED", "1")
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0123456789" * 5)
# Of several processes that test at once each has an installation of its own, though one of them started the others.
_tester = os.environ.get("PYTEST_XDIST_WORKER", "alone")
if os.environ.get("TESTED_BY") != _tester:
    os.environ.update(_own() if _tester != "alone" else _own() | os.environ)
    os.environ["TESTED_BY"] = _tester

from gradetape.settings import *  # noqa: E402, F403
from gradetape.settings import DATABASES, VAR  # noqa: E402

# A file, since viewers, heartbeats and requests have connections of their own.
# With DATABASE_URL set, the same tests run on PostgreSQL.
if "DATABASE_URL" not in os.environ:
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
if "TESTED_PATIENCE" in os.environ:
    DATABASES["default"]["OPTIONS"]["timeout"] = float(os.environ["TESTED_PATIENCE"])
if "TESTED_DATABASE" in os.environ:
    DATABASES["default"]["NAME"] = os.environ["TESTED_DATABASE"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Else the number of a page's queries would hang on whether it is somebody's first.
SEEN_EVERY_SECONDS = 0
LEASE_SECONDS = 3
HEARTBEAT_SECONDS = 1
SWEEP_SECONDS = 1
if os.environ.get("TESTED_ENGINE") != "real":
    ENGINE_HOST = "fake_engine.FakeHost"
    ENGINE = "fake_engine.FakeEngine"
DOCTOR = "fake_engine.FakeDoctor"
