"""How quickly a long replay opens and goes through time: `python -m tests.browser.replaying [EDITS] [MINUTES]`."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.browser.installation import ROOT, Installation
from tests.browser.interviewing import MAKE_INTERVIEWER, made_by, tell
from tests.browser.screenshots import sign_up

ADDRESS = "ana@example.org"
# Each key is pressed, and what it changed is laid out, before the clock is read.
PRESS = """keys => keys.map(([key, shiftKey]) => {
  const begin = performance.now();
  document.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true }));
  document.querySelector(".cm-content").getBoundingClientRect();
  return performance.now() - begin;
})"""
LOOKS = """
import json, sys, time
from gradetape.interviews.models import Sitting
from gradetape.timeline.live import look_at
from gradetape.timeline.reading import page_of
from gradetape.timeline.verifying import matches_of
sitting = Sitting.objects.select_related("invitation__interview").latest("started_at")
def took(do, times):
    spans = []
    for _ in range(times):
        begin = time.process_time()
        do()
        spans.append(1000 * (time.process_time() - begin))
    return sorted(spans)[times // 2]
sys.stdout.write(json.dumps({
    "look": took(lambda: look_at(sitting.pk), 50), "page": took(lambda: page_of(sitting), 5),
    "matches": took(lambda: matches_of(sitting), 3),
}))
"""


def opened(page: Page, place: str) -> float:
    begin = time.monotonic()
    page.goto(f"{place}replay/")
    page.locator("[data-replay][data-state=ready]").wait_for(timeout=120_000)
    return time.monotonic() - begin


def told(name: str, times: list[float]) -> None:
    ordered = sorted(times)
    worst = ordered[-1]
    print(f"{name:34} median {statistics.median(times):7.1f} ms, worst {worst:7.1f} ms")  # noqa: T201


def looks(running: Installation) -> dict[str, Any]:
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", LOOKS]
    done = subprocess.run(command, cwd=ROOT, env=running.environment, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main(edits: str = "20000", minutes: str = "90") -> None:
    """Prints what a person would wait for, and what the server spends."""
    program = shutil.which("chromium")
    assert program, "Chromium is not installed"
    with Installation() as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        page = browser.new_page(base_url=running.address, viewport={"width": 1440, "height": 900})
        sign_up(page)
        tell(running, MAKE_INTERVIEWER.format(ADDRESS))
        made = made_by(running, ADDRESS, edits, minutes)
        print(f"{made['entries']} entries")  # noqa: T201
        told("open, all of it loaded", [1000 * opened(page, made["place"]) for _ in range(5)])
        told("first time to the end", page.evaluate(PRESS, [["End", False]]))
        told("from end to end", page.evaluate(PRESS, [["Home", False], ["End", False]] * 50))
        told("30 seconds back", page.evaluate(PRESS, [["ArrowLeft", True]] * 150))
        for name, spent in looks(running).items():
            told(f"server, CPU: {name}", [spent])
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
