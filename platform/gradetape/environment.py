"""What the process is told from outside: variables, or files that hold their values.

NAME_FILE=/path is read in place of NAME, so that secrets can be mounted instead of listed. Whatever is missing or
malformed stops the start with the variable's name.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def optional(name: str, default: str = "") -> str:
    """The variable's value, out of NAME_FILE when that is set."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which can't be read: {error.strerror}.") from error


def required(name: str) -> str:
    """The variable's value; without one the start fails."""
    value = optional(name)
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Set {name}, or {name}_FILE to the path of a file that holds it."
        )
    return value


def flag(name: str) -> bool:
    """Whether the variable says yes; unset means no."""
    value = optional(name).strip().lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} should be 1 or 0. Received: {value!r}.")
    return value in TRUE


def number(name: str, default: int) -> int:
    """The variable's value as a whole number."""
    value = optional(name, str(default))
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} should be a whole number. Received: {value!r}.")
    return int(value)


def listed(name: str, default: list[str]) -> list[str]:
    """The variable's comma separated values."""
    return [item.strip() for item in optional(name).split(",") if item.strip()] or default


def site_url(name: str, *, default: str | None) -> str:
    """An http or https address without a path. Without a default it is required."""
    value = (optional(name, default) if default else required(name)).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise ImproperlyConfigured(f"{name} should look like https://host. Received: {value!r}.")
    return value


def redis_url(name: str) -> str:
    """The address of Redis. It has to carry a password: whoever can write to Redis can run tasks."""
    value = required(name)
    parts = urlsplit(value)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} should look like redis://:password@host:port/0.")
    if not parts.password:
        raise ImproperlyConfigured(f"{name} has no password. It should look like redis://:password@host:port/0.")
    return value


def database(name: str, *, embedded_file: Path | None) -> dict[str, object]:
    """Django's description of the database at NAME; embedded ones keep theirs in a file unless told otherwise."""
    value = optional(name) if embedded_file else required(name)
    if not value and embedded_file:
        return sqlite(embedded_file)
    parts = urlsplit(value)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.hostname or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} should look like postgres://user:password@host:5432/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname,
        "PORT": parts.port or 5432,
        # Each request of an ASGI server has a thread of its own: a connection that is kept is one that is lost.
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"connect_timeout": 5},
    }


def sqlite(file: Path) -> dict[str, object]:
    """A SQLite file that several processes write: readers never wait, writers queue instead of failing."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL, since an answer that was said to be accepted must outlive a power cut.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;",
        },
    }


COMPANY_ID = "company"


@dataclass(frozen=True)
class Company:
    """A provider of OpenID Connect that people may sign in with. `origins` are where its pages are."""

    name: str
    url: str
    client_id: str
    secret: str
    origins: tuple[str, ...]

    def as_app(self) -> dict[str, Any]:
        """The provider as allauth takes it."""
        return {
            "provider_id": COMPANY_ID,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.secret,
            "settings": {"server_url": self.url},
        }


def company() -> Company | None:
    """The provider at OIDC_URL, or None when that is not set; then it needs its id and its secret too.

    OIDC_ORIGINS lists further origins of its pages, for providers whose sign-in page is not at OIDC_URL's.
    """
    url = optional("OIDC_URL").rstrip("/")
    if not url:
        return None
    parts = urlsplit(url)
    is_local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_local)):
        raise ImproperlyConfigured(f"OIDC_URL should look like https://sign-in.example.org. Received: {url!r}.")
    return Company(
        name=optional("OIDC_NAME", "your company"),
        url=url,
        client_id=required("OIDC_CLIENT_ID"),
        secret=required("OIDC_CLIENT_SECRET"),
        origins=(f"{parts.scheme}://{parts.netloc}", *listed("OIDC_ORIGINS", [])),
    )
