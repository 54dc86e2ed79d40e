"""A challenge from nothing to somebody who solves it, and a faulty version that is put right."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from grader.package import files_in
from gradetape.authoring.starting import template
from tests.browser.authoring import Desk, author, from_template
from tests.browser.conftest import signed_up, somebody
from tests.browser.installation import Installation
from tests.browser.test_accessibility import axe, everywhere
from tests.browser.workbench import Workbench

__all__ = ["author", "axe"]
pytestmark = pytest.mark.timeout(900)
PROVEN_MS = 600_000
COSINE = {path: text.decode() for path, text in files_in(Path(__file__).parent / "cosine").items()}
QUESTION = """**How do you compare directions in Keras?**

### Solution

```python
import keras
import tensorflow as tf


class CosineSimilarity(keras.layers.Layer):
    def call(self, inputs):
        a, b = inputs
        return tf.reduce_sum(a * b, axis=-1) / (tf.norm(a, axis=-1) * tf.norm(b, axis=-1))
```
"""
NO_DIRECTION = '''

@probe("no_direction")
def no_direction(solution, rng):
    """Zeros, very short vectors and ordinary ones; and an epsilon above them all."""
    a, b = f32(rng, 3, 4), f32(rng, 3, 4)
    a[0], a[1] = 0.0, a[1] * 1e-7
    both = [tf.constant(a), tf.constant(b)]
    return {
        "usual": solution.CosineSimilarity()(both),
        "raised": solution.CosineSimilarity(epsilon=100.0)(both),
    }
'''
NO_DIRECTION_CASE = """
[[cases]]
id = "no_direction"
part = "care"
points = 20
title = "Vectors without a direction"
hint = "Zeros have no length to divide by, and epsilon says how small a product of lengths may get."
"""
SINGLE = "submissions/rejected/single_precision.py"
TEMPLATE = {path: text.decode() for path, text in template.files("Scale the rows").items()}
# The slip of the faulty version: double precision is what the case is about.
FAULTY = TEMPLATE["probes.py"].replace(
    "tf.constant(rng.normal(size=(2, 3))), tf.constant(rng.normal(size=2))",
    "tf.constant(f32(rng, 2, 3)), tf.constant(f32(rng, 2))",
)
WRONG_AXIS = "def scale_rows(x, scales):\n    return x * scales\n"


def prove(page: Page, slug: str) -> None:
    page.goto(f"/studio/projects/{slug}/proof/")
    page.get_by_role("button", name="Prove in full").click()
    expect(page.locator("[data-live-part=head]")).to_contain_text(re.compile("sound", re.IGNORECASE), timeout=PROVEN_MS)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=PROVEN_MS)
    expect(page.locator("[data-live-part=head]")).not_to_contain_text("Not sound")


def add(page: Page, slug: str, path: str, text: str) -> None:
    """A new file, with its content out of a file of one's own."""
    page.goto(f"/studio/projects/{slug}/")
    page.get_by_label("New file").fill(path)
    name = path.rpartition("/")[2]
    page.get_by_label("Content (optional)").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Add", exact=True).first.click()
    page.wait_for_url(f"**/{name}/")


def rewrite(page: Page, slug: str, path: str, text: str) -> None:
    desk = Desk(page).open(slug, path)
    desk.write(text)
    desk.saved()


def send(page: Page, slug: str, source: str) -> None:
    """What a candidate sends, graded."""
    page.goto(f"/challenges/{slug}/")
    bench = Workbench(page)
    bench.write(source)
    bench.submit()
    bench.wait_until_graded()


def sent_by(page: Page, slug: str, source: str) -> str:
    """Signs somebody up who sends this; answers the submission's id."""
    signed_up(page)
    send(page, slug, source)
    page.goto("/dashboard/")
    return page.locator("tr[data-submission]").first.get_attribute("data-submission") or ""


def publish_faulty(page: Page, slug: str) -> None:
    """The template with a case that does not look at what it is about, and without the submission that shows it."""
    from_template(page, slug)
    rewrite(page, slug, "probes.py", FAULTY)
    page.goto(f"/studio/projects/{slug}/files/{SINGLE}/")
    page.get_by_role("button", name="Rename, download or delete").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.wait_for_url(f"**/projects/{slug}/")
    prove(page, slug)
    page.goto(f"/studio/projects/{slug}/publish/")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/releases/")


def put_right(page: Page, slug: str) -> None:
    rewrite(page, slug, "probes.py", TEMPLATE["probes.py"])
    add(page, slug, SINGLE, TEMPLATE[SINGLE])
    prove(page, slug)
    page.goto(f"/studio/projects/{slug}/publish/")


def until_there(page: Page, what: Locator) -> None:
    """Reloads the page until it shows something: it does not follow what is done to a graded submission."""
    end = time.monotonic() + PROVEN_MS / 1000
    while not what.is_visible():
        assert time.monotonic() < end
        time.sleep(1)
        page.reload()


def test_a_layer_from_nothing_is_proved_published_and_solved(
    page: Page, author: str, others: BrowserContext, axe: str
) -> None:
    slug = "cosine-layer"
    page.goto("/studio/new/")
    page.get_by_label("A documented question").check()
    page.get_by_label("Short name").fill(slug)
    page.get_by_label("Question", exact=True).fill(QUESTION)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(f"**/projects/{slug}/")
    for path, text in COSINE.items():
        if page.request.get(f"/studio/projects/{slug}/files/{path}/").ok:
            rewrite(page, slug, path, text)
        else:
            add(page, slug, path, text)
    expect(page.locator("[data-problems-told]")).to_have_text("No problems")

    prove(page, slug)
    survivor = page.get_by_role("article").filter(has_text="maximum is left out around lengths")
    expect(survivor).to_contain_text("No case notices this change")

    rewrite(page, slug, "probes.py", COSINE["probes.py"] + NO_DIRECTION)
    lighter = COSINE["challenge.toml"].replace("points = 40", "points = 30")
    rewrite(page, slug, "challenge.toml", lighter + NO_DIRECTION_CASE)
    prove(page, slug)
    expect(page.get_by_text("No case notices this change")).to_have_count(0)

    page.goto(f"/studio/projects/{slug}/publish/")
    assert not everywhere(page, axe)
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/releases/")

    candidate = others.new_page()
    signed_up(candidate)
    candidate.goto("/challenges/")
    expect(candidate.get_by_role("table").get_by_role("link", name="A cosine similarity layer")).to_be_visible()
    send(candidate, slug, COSINE["submissions/accepted/einsum.py"])
    assert set(Workbench(candidate).outcomes().values()) == {"passed"}


def test_a_faulty_version_is_put_right_for_exactly_those_whom_it_changes(
    page: Page, author: str, chromium: Browser, installation: Installation, axe: str
) -> None:
    slug = "scaled-rows"
    publish_faulty(page, slug)
    with ExitStack() as stack:
        people = {
            name: stack.enter_context(somebody(chromium, installation)).new_page()
            for name in ("right", "single", "wrong")
        }
        sent = {
            "right": sent_by(people["right"], slug, TEMPLATE["reference.py"]),
            "single": sent_by(people["single"], slug, TEMPLATE[SINGLE]),
            "wrong": sent_by(people["wrong"], slug, WRONG_AXIS),
        }
        single = people["single"]
        single.goto(f"/submissions/{sent['single']}/")
        expect(single.locator("[data-case=dtype]").first).to_have_attribute("data-outcome", "passed")

        put_right(page, slug)
        page.get_by_role("button", name="See what would change").click()
        changes = page.locator("[data-change]")
        expect(changes).to_have_count(1, timeout=PROVEN_MS)
        expect(page.get_by_role("region", name="What would change")).to_contain_text("3 of 3 submissions graded")
        expect(changes).to_contain_text(sent["single"][:8])
        expect(changes.get_by_role("listitem")).to_have_count(1)
        expect(changes.get_by_role("listitem")).to_contain_text("dtype")
        expect(changes).to_contain_text("75")
        assert not everywhere(page, axe)

        page.get_by_label("Change note").fill("The case on dtypes drew single precision itself.")
        page.get_by_label("Regrade practice", exact=False).first.check()
        page.get_by_role("button", name="Publish").click()
        page.wait_for_url("**/releases/")
        expect(page.get_by_text("The case on dtypes drew single precision itself.").first).to_be_visible()
        single.goto(f"/submissions/{sent['single']}/")
        regraded = single.get_by_text(re.compile(r"with version 2; before: 100 points"))
        until_there(single, regraded)
        expect(single.locator("[data-case=dtype]").first).to_have_attribute("data-outcome", "failed")
        for name, outcome in (("right", "passed"), ("wrong", "failed")):
            people[name].goto(f"/submissions/{sent[name]}/")
            expect(people[name].locator("[data-case=square]").first).to_have_attribute("data-outcome", outcome)
        assert not everywhere(single, axe)
