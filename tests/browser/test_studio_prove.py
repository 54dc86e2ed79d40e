"""Proving a project in the studio: cells land while one looks, a reload in the middle loses nothing, and it can be
cancelled."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.installation import ROOT, Installation
from tests.browser.test_accessibility import axe, everywhere
from tests.grader.toy import CHECKS, FILES

__all__ = ["axe"]
pytestmark = pytest.mark.timeout(600)
SLOW = "import time\n\n\ndef double(x):\n    time.sleep({})\n    return x * 2\n"
PACKAGE = {
    **FILES,
    "checks.py": CHECKS + '\n@check("hidden_array")\ndef anything(got, want, secret):\n    return None\n',
    "submissions/accepted/plain.py": "# style: plain\ndef double(x):\n    return x + x\n",
    "submissions/rejected/thrice.py": "# caught by: scalar\n# why: three times\ndef double(x):\n    return x * 3\n",
    "submissions/rejected/transposed.py": (
        "# caught by: hidden_array\n# why: turns arrays around\nimport numpy as np\n\n\n"
        "def double(x):\n    return np.asarray(x).T * 2 if np.ndim(x) > 1 else x * 2\n"
    ),
}
MAKE = """
import json
from gradetape.accounts.models import User
from gradetape.authoring.actions.projects import make
author = User.objects.get(email={email!r})
author.role = "author"
author.save()
files = json.loads({files!r})
make(slug={slug!r}, contents={{path: text.encode() for path, text in files.items()}}, by=author)
"""


@pytest.fixture
def project(installation: Installation, sign_up: Callable[[], str]) -> Callable[..., str]:
    """Makes somebody an author with a project; answers the address of its proof."""

    def make(slug: str, **changed: str) -> str:
        files = json.dumps({**PACKAGE, **{name.replace("_py", ".py"): text for name, text in changed.items()}})
        code = MAKE.format(email=sign_up(), files=files, slug=slug)
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
        done = subprocess.run(
            command, cwd=ROOT, env=installation.environment, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return f"/studio/projects/{slug}/proof/"

    return make


def cell(page: Page, row: str, case: str):
    return page.locator(f'[data-row-key="{row}"] [data-case="{case}"]')


def test_cells_land_live_and_a_reload_in_the_middle_loses_nothing(page: Page, project, axe: str) -> None:
    page.goto(project("proved", reference_py=SLOW.format(0.5)))
    expect(page.get_by_text("Nothing is proved yet")).to_be_visible()
    page.get_by_role("button", name="Prove quickly").click()
    landed = page.locator('[data-cell="passed"]')
    expect(landed.first).to_be_visible(timeout=300_000)
    assert page.get_by_role("button", name="Cancel").is_visible()
    before = landed.count()
    page.reload()
    expect(landed.nth(before - 1)).to_be_visible()
    expect(cell(page, "rejected/thrice.py", "scalar")).to_contain_text("failed, as expected", timeout=300_000)
    expect(page.locator("[data-live-part=head]")).to_contain_text("Not sound", timeout=300_000)

    expect(cell(page, "rejected/transposed.py", "hidden_array")).to_contain_text("passed, not expected")
    expect(cell(page, "rejected/transposed.py", "scalar")).to_have_text("not tried")
    expect(page.locator('[data-row-key="rejected/transposed.py"] [data-row-total]')).to_have_text("not caught")
    expect(page.locator("[data-figure=kill]")).to_have_text("50")
    uncaught = page.get_by_role("article", name="transposed.py")
    expect(uncaught).to_contain_text("turns arrays around")
    expect(page.get_by_role("link", name="submissions/rejected/transposed.py:1")).to_have_attribute(
        "href", re.compile(r"/files/submissions/rejected/transposed\.py/#L1$")
    )
    expect(page.get_by_role("region", name="Tolerances", exact=True)).to_contain_text("scalar")
    assert not everywhere(page, axe)


def test_the_matrix_is_walked_with_the_keyboard(page: Page, project) -> None:
    page.goto(project("walked"))
    page.get_by_role("button", name="Prove quickly").click()
    expect(page.locator("[data-live-part=head]")).to_contain_text("Not sound", timeout=300_000)
    page.locator('[data-grid] td[tabindex="0"]').focus()
    page.keyboard.press("ArrowRight")
    expect(cell(page, "reference/reference.py", "scalar")).to_be_focused()
    page.keyboard.press("Control+End")
    last = page.locator("[data-grid] tbody tr").last.locator("td").last
    expect(last).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    here = cell(page, "rejected/thrice.py", "scalar")
    expect(here).to_be_focused()
    page.keyboard.press("Enter")
    detail = page.locator("[data-proof-detail]")
    expect(detail).to_contain_text("the solution names this case")
    expect(here).to_be_focused()
    assert page.locator('[data-grid] td[tabindex="0"]').count() == 1


def test_a_proof_is_cancelled_and_nothing_is_tried_twice(page: Page, project) -> None:
    page.goto(project("stopped", reference_py=SLOW.format(1.5)))
    page.get_by_role("button", name="Prove in full").click()
    expect(page.locator('[data-cell="passed"]').first).to_be_visible(timeout=300_000)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("[data-live-part=head]")).to_contain_text("Cancelled")
    made = page.locator("[data-figure=made]").inner_text()
    page.get_by_role("button", name="Prove quickly").click()
    expect(page.locator("[data-live-part=head]")).to_contain_text("Not sound", timeout=300_000)
    page.get_by_role("link", name=re.compile(r"\d+:\d\d")).last.click()
    expect(page.locator("[data-live-part=head]")).to_contain_text("Cancelled")
    expect(page.locator("[data-figure=made]")).to_have_text(made)
