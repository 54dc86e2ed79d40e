"""The studio: a question becomes a project, its files are written, and nobody's text is lost."""

from __future__ import annotations

import io
import tarfile

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.authoring import FILES, Desk, author, from_template
from tests.browser.conftest import PASSWORD
from tests.browser.installation import Installation

__all__ = ["author"]

pytestmark = pytest.mark.timeout(600)
QUESTION = """## Question 12

**How do you compare directions? Write a cosine similarity.**

### Solution

```python
import tensorflow as tf


def cosine(a, b):
    return tf.reduce_sum(a * b, -1) / (tf.norm(a, axis=-1) * tf.norm(b, axis=-1))


print(cosine(tf.constant([1.0, 0.0]), tf.constant([0.0, 2.0])))
```
"""


def test_a_question_becomes_a_project_whose_problems_are_mended(page: Page, author: str) -> None:
    page.goto("/studio/")
    page.get_by_role("link", name="Begin one").click()
    page.get_by_label("A documented question").check()
    page.get_by_label("Short name").fill("cosine")
    page.get_by_label("Question", exact=True).fill(QUESTION)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/projects/cosine/")
    expect(page.get_by_role("listitem").filter(has_text="Every case has a hint")).to_have_count(1)

    page.get_by_role("listitem").filter(has_text="Every case has a hint").get_by_role("link").click()
    page.wait_for_url("**/files/challenge.toml/#L*")
    desk = Desk(page)
    assert 'name = "cosine"' in desk.text()
    page.get_by_role("link", name="About, as a form").click()
    page.get_by_label("Summary").fill("How alike two directions are.")
    page.get_by_label("Topics").fill("geometry")
    page.get_by_label("Hint").fill("Lengths cancel out.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("challenge.toml says so now.")).to_be_visible()
    page.get_by_role("link", name="challenge.toml").click()
    expect(desk.told).to_contain_text("0 errors")
    assert 'hint = "Lengths cancel out."' in desk.text()


def test_problems_and_preview_follow_what_is_typed(page: Page, author: str) -> None:
    from_template(page, "follows")
    desk = Desk(page).open("follows", "probes.py")
    expect(desk.told).to_have_text("No problems")
    desk.editor.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("import grader.checking\n")
    expect(desk.problems).to_contain_text("Expected no import of grader.checking")
    expect(page.locator(".cm-lint-marker-error")).to_have_count(1)
    expect(page.locator("[data-file='probes.py'] [data-count]")).to_have_text("1")
    desk.saved()
    page.reload()
    assert desk.text().startswith("import grader.checking")

    desk.open("follows", "statement.md")
    desk.write("# Rows\n\nSay **why**. <script>window.acted = 1</script>\n")
    expect(page.locator("[data-preview] strong")).to_have_text("why")
    expect(page.locator("[data-preview] h2").first).to_have_text("Scale the rows")
    assert page.evaluate("window.acted") is None
    expect(desk.problems.filter(has_text="Candidates can't know of it")).to_have_count(1)


def test_two_authors_at_once_overwrite_nothing(
    page: Page, author: str, chromium: Browser, installation: Installation
) -> None:
    from_template(page, "together")
    mine = Desk(page).open("together", "review.md")
    other = chromium.new_context(base_url=installation.address).new_page()
    other.goto("/accounts/login/")
    other.get_by_label("Email").fill(author)
    other.get_by_label("Password").fill(PASSWORD)
    other.locator("main").get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/dashboard/")
    theirs = Desk(other).open("together", "review.md")
    theirs.write("Theirs.\n")
    theirs.saved()
    mine.write("Mine.\n")
    dialog = page.get_by_role("dialog", name="This file was changed elsewhere")
    expect(dialog).to_contain_text("Theirs.")
    dialog.get_by_role("button", name="Keep mine").click()
    mine.saved()
    assert mine.text().strip() == "Mine."

    page.get_by_role("button", name="Earlier versions").click()
    versions = page.get_by_role("dialog", name="Earlier versions")
    expect(versions.get_by_role("listitem").first).to_be_visible()
    expect(versions.locator("[data-version-merge]")).to_contain_text("Theirs.")
    versions.get_by_role("button", name="Go back to this version").click()
    mine.saved()
    expect(mine.editor).to_contain_text("Theirs.")
    other.context.close()


def test_files_come_and_go_and_a_project_comes_down_and_up(page: Page, author: str) -> None:
    from_template(page, "travels")
    page.get_by_label("New file").fill("submissions/rejected/halved.py")
    page.get_by_role("button", name="Add", exact=True).first.click()
    page.wait_for_url("**/rejected/halved.py/")
    desk = Desk(page)
    expect(desk.problems.first).to_contain_text("empty file")
    desk.write("# caught by: rows\n# why: halves\ndef scale_rows(x, scales):\n    return x / 2\n")
    expect(desk.told).to_have_text("No problems")
    desk.saved()
    page.get_by_role("button", name="Rename, download or delete").click()
    page.get_by_role("textbox", name="Name").fill("submissions/rejected/half.py")
    page.get_by_role("button", name="Rename", exact=True).click()
    page.wait_for_url("**/rejected/half.py/")

    page.goto("/studio/projects/travels/")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download").click()
    content = coming.value.path().read_bytes()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        assert "submissions/rejected/half.py" in archive.getnames()
    page.goto(f"{FILES.format('travels')}submissions/rejected/half.py/")
    page.get_by_role("button", name="Rename, download or delete").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.wait_for_url("**/projects/travels/")
    page.get_by_role("link", name="Upload").click()
    page.get_by_label("Archive").set_input_files({"name": "a.tar", "mimeType": "application/x-tar", "buffer": content})
    page.get_by_role("button", name="Show what differs").click()
    expect(page.get_by_text("submissions/rejected/half.py")).to_be_visible()
    page.get_by_role("button", name="Replace these files").click()
    expect(page.get_by_role("link", name="half.py", exact=True)).to_be_visible()


def test_the_editor_works_by_keys_alone(page: Page, author: str) -> None:
    from_template(page, "keys")
    desk = Desk(page).open("keys", "starter.py")
    expect(desk.told).to_have_text("No problems")
    page.locator("[data-file='starter.py']").focus()
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/files/challenge.toml/")
    desk.editor.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# typed")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    desk.saved()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(desk.editor).not_to_be_focused()
