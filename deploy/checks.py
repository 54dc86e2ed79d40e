"""`make check`: everything that judges the sources without running the platform. All of it runs; any failure fails."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from deploy.environment import ROOT

BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Check:
    """A command that is content when it exits with 0."""

    title: str
    command: tuple[str, ...]
    production: bool = False


CHECKS = (
    Check("lint", (f"{BIN}/ruff", "check", "--quiet", ".")),
    Check("format", (f"{BIN}/ruff", "format", "--check", "--quiet", ".")),
    Check("types", (f"{BIN}/mypy",)),
    Check("import contracts", (f"{BIN}/lint-imports", "--no-cache")),
    Check("templates: style", (f"{BIN}/djlint", "--lint", "--quiet", "platform/gradetape")),
    Check("templates: syntax", (f"{BIN}/pytest", "-q", "tests/deploy/test_templates.py")),
    Check("migrations", (sys.executable, "manage.py", "makemigrations", "--check", "--dry-run")),
    Check(
        "deployment settings",
        (sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        production=True,
    ),
)


def surroundings(var: str, *, production: bool) -> dict[str, str]:
    """Settings that only have to be sound: no check opens a database or a Redis that is not its own."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "TERM", "LANG", "CI") if name in os.environ}
    settings = {
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "gradetape.settings",
        "GRADETAPE_VAR": var,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "REDIS_URL": "redis://:unused@127.0.0.1:1/0",
    }
    if production:
        settings |= {
            "SITE_URL": "https://grade.example.org",
            "DATABASE_URL": "postgres://unused:unused@localhost/unused",
        }
    else:
        settings |= {"GRADETAPE_EMBEDDED": "1"}
    return kept | settings


def passes(check: Check, env: Mapping[str, str], console: Console) -> bool:
    """Run one check; what it says is shown only when it fails."""
    began = time.monotonic()
    done = subprocess.run(
        check.command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    mark = "[green]passed[/green]" if done.returncode == 0 else "[bold red]FAILED[/bold red]"
    console.print(f"{mark}  {check.title}  [dim]{time.monotonic() - began:.1f} s[/dim]")
    if done.returncode != 0:
        print((done.stdout + done.stderr).rstrip(), flush=True)
    return done.returncode == 0


def main() -> int:
    """Run every check; 1 when any of them fails."""
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="gradetape-check-") as var:
        results = [passes(check, surroundings(var, production=check.production), console) for check in CHECKS]
    failed = results.count(False)
    console.print(f"{failed} of {len(results)} checks failed." if failed else f"All {len(results)} checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
