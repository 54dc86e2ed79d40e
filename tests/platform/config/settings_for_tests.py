"""The platform's settings under test: the real file, read from an environment made for tests."""

import os
import secrets
import tempfile
from pathlib import Path

os.environ.setdefault("GRADETAPE_EMBEDDED", "1")
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0123456789" * 5)
os.environ.setdefault("GRADETAPE_VAR", tempfile.mkdtemp(prefix="gradetape-tests-"))
# Nothing listens on port 1: a test that needs Redis asks the fixture for one, which sets the address.
os.environ.setdefault("REDIS_URL", f"redis://:{secrets.token_hex(8)}@127.0.0.1:1/0")

from gradetape.settings import *  # noqa: F403
from gradetape.settings import DATABASES, VAR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A file, since viewers, heartbeats and requests have connections of their own.
DATABASES["default"]["TEST"] = {"NAME": str(Path(VAR) / "test.sqlite3")}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
