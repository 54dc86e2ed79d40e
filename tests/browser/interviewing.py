"""What tests of interviews do behind the pages: in the installation's database."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.browser.installation import ROOT, Installation

MAKE_INTERVIEWER = (
    "from gradetape.accounts.models import User; User.objects.filter(email={!r}).update(role='interviewer')"
)


def tell(installation: Installation, code: str) -> None:
    """Change the installation's database, as nobody can from outside."""
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
    subprocess.run(command, cwd=ROOT, env=installation.environment, check=True, capture_output=True)


def made_by(installation: Installation, *arguments: str) -> Any:
    """What tests/browser/recorded.py says after writing an interview into the installation."""
    command = [sys.executable, "-m", "tests.browser.recorded", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=installation.environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
