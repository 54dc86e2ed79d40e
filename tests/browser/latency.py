"""How long a person waits: from the click on Submit to the first case on the screen.

`python -m tests.browser.latency [TIMES]`, on an otherwise idle machine; prints milliseconds.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.browser.installation import Installation
from tests.browser.screenshots import code_of, sign_up
from tests.browser.workbench import Workbench

# Clicks and looks within the page, so that neither the driver nor its polling is measured.
MEASURE = """() => new Promise((resolve) => {
  const results = document.querySelector("[data-results]");
  const begun = performance.now();
  const landed = () => results.querySelector("[data-case]:not([data-outcome=waiting], [data-outcome=running])");
  const observer = new MutationObserver(() => {
    if (results.dataset.phase === "running" && landed()) {
      observer.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - begun));
    }
  });
  observer.observe(results, { subtree: true, attributes: true });
  document.querySelector("[data-send=submit]").click();
})"""


def measure(page: Page, times: int) -> list[float]:
    """One submission after another; the first, which fills the caches, is left out."""
    page.goto("/challenges/custom-layer/")
    workbench = Workbench(page)
    workbench.write(code_of("accepted/documented_shape_repaired"))
    workbench.wait_until_saved()
    took = []
    for _ in range(times + 1):
        took.append(page.evaluate(MEASURE))
        workbench.wait_until_graded()
        page.wait_for_timeout(3500)  # within what one person may submit in a minute
    return took[1:]


def main(times: int) -> None:
    program = shutil.which("chromium")
    assert program, "Chromium is not installed"
    with Installation() as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        page = browser.new_page(base_url=running.address)
        sign_up(page)
        took = measure(page, times)
        browser.close()
    answer = {"median_ms": round(statistics.median(took)), "worst_ms": round(max(took)), "times": len(took)}
    print(json.dumps(answer))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
