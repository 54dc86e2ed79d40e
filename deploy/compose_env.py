"""`python3 -m deploy.compose_env https://your.host`: writes .env for docker-compose.yml with fresh secrets."""

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import urlsplit

SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD")


def compose_env(site: str) -> str:
    """The lines of a .env. Secrets are hexadecimal, so they can stand in an address as they are."""
    lines = [f"SITE_URL={site.rstrip('/')}", *(f"{name}={secrets.token_hex(32)}" for name in SECRETS)]
    return "".join(f"{line}\n" for line in lines)


def main(site: str, file: Path = Path(".env")) -> int:
    """Write the file unless there is one: its passwords are those that the database was made with."""
    if urlsplit(site).scheme not in ("http", "https") or not urlsplit(site).hostname:
        print(
            f"The address people open should look like https://grade.example.org. Received: {site!r}", file=sys.stderr
        )
        return 2
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        print(
            f"{file} is there already, and its passwords are those of your database. Nothing changed.", file=sys.stderr
        )
        return 1
    with os.fdopen(descriptor, "w") as target:
        target.write(compose_env(site))
    print(f"{file} is written. Next: docker compose up -d --build")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python3 -m deploy.compose_env https://your.host")
    sys.exit(main(sys.argv[1]))
