"""Two interviewers review what a candidate sent: by keys alone, each blind to the other until both are done."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD
from tests.browser.installation import ROOT, Installation
from tests.browser.test_accessibility import axe, everywhere

__all__ = ["axe"]
pytestmark = pytest.mark.timeout(600)
# What a candidate sent, graded without a worker: this is about reviewing.
PLANT = """
import json
from datetime import timedelta
from allauth.account.models import EmailAddress
from django.utils import timezone
from grader.events import CaseFinished
from grader.model import GradeResult, Outcome, Verdict
from gradetape.accounts.models import Role, User
from gradetape.catalog.models import Challenge
from gradetape.interviews.actions import invite, setup, sit
from gradetape.interviews.models import Interview
from gradetape.submissions import actions, attempts
from gradetape.submissions.models import CaseResult, Kind, State, Submission

people = []
for name in ("Ines", "Iris"):
    user = User.objects.create_user(f"{name.lower()}@example.org", PASSWORD, display_name=name, role=Role.INTERVIEWER)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    people.append(user)
made = Interview(title="Layers", hides_names=True)
challenge = Challenge.objects.get(slug="custom-layer")
setup.set_up(interview=made, asked=[setup.Asked(challenge, 1)], by=people[0])
setup.open_up(interview=made)
made.team.add(people[1])
later = timezone.now() + timedelta(days=1)
sittings = []
for name in ("Cleo", "Dora"):
    link = invite.invite(interview=made, text=f"{name} <{name.lower()}@example.org>", expires_at=later).links[0]
    sittings.append(invite.accept(invitation=link.invitation, name=name))
    sit.start(sitting=sittings[-1])
version = challenge.live
for number in (1, 2):
    source = b"import keras\\n\\n\\nclass CustomDenseLayer(keras.layers.Layer):\\n    number = %d\\n" % number
    sent = Submission.objects.create(
        candidate=sittings[0].candidate, version=version, kind=Kind.SUBMIT, source=source, seed=1,
        state=State.FINISHED, verdict=Verdict.PARTIAL, score=20.0, finished_at=timezone.now(),
    )
    CaseResult.objects.bulk_create(
        CaseResult(
            submission=sent, position=at, case=case["id"], part=case["part"], title=case["title"],
            points=case["points"], earned=case["points"] if at < 2 else 0,
            outcome=Outcome.PASSED if at < 2 else Outcome.FAILED, sample=case["sample"],
        )
        for at, case in enumerate(version.cases)
    )
print(json.dumps({"interview": str(made.pk), "sitting": str(sittings[0].pk)}))
"""


@pytest.fixture(scope="module")
def planted(installation: Installation) -> dict[str, str]:
    code = PLANT.replace("PASSWORD", repr(PASSWORD))
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=installation.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    facts: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return facts


@pytest.fixture
def base(planted: dict[str, str]) -> str:
    return f"/interviews/{planted['interview']}/candidates/{planted['sitting']}/"


def sign_in(page: Page, name: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "login" not in url)


def saved(place: Any) -> None:
    expect(place.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")


def comment(page: Page, base: str, text: str) -> None:
    """At line 3 of what counts, by keys."""
    page.goto(base)
    expect(page.locator(".cm-content")).to_contain_text("CustomDenseLayer")
    page.keyboard.press("l")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("button", name="Comment at line 3")).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_role("textbox", name="Your comment at line 3")).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press("Escape")
    saved(page.locator(".line-comment"))


def score(page: Page, level: str) -> None:
    """The first criterion, with the line that was commented as its evidence, and a note."""
    page.keyboard.press("r")
    first = page.locator(".criterion").first
    expect(first.get_by_role("radio").first).to_be_focused()
    page.keyboard.press(level)
    saved(first)
    expect(first.get_by_role("radio").nth(int(level))).to_be_checked()
    page.keyboard.press("e")
    expect(first.get_by_role("link", name="line 3")).to_be_visible()
    first.get_by_role("textbox", name="Note on").focus()
    page.keyboard.type("As the line says.")
    saved(first.locator("form[data-note]"))


def override(page: Page, reason: str) -> None:
    """Five points for a case that the judge gave none."""
    page.locator("#tab-rubric").focus()
    page.keyboard.press("x")
    cases = page.locator("#cases")
    cases.locator("summary", has_text="Other points").nth(2).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.keyboard.type(reason)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(cases.get_by_text(reason)).to_be_visible()
    expect(cases.get_by_text("changed by hand; the judge gave 20")).to_be_visible()


def decide(page: Page, steps: int, summary: str) -> None:
    """From the task to being done."""
    page.locator("#tab-cases").focus()
    page.keyboard.press("d")
    page.wait_for_url("**/decision/")
    choice = page.get_by_role("group", name="Recommendation")
    choice.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    for _ in range(steps):
        page.keyboard.press("ArrowRight")
    page.get_by_role("textbox", name="Summary").focus()
    page.keyboard.type(summary)
    page.get_by_role("button", name="Done").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Reopen my review")).to_be_visible()


def test_two_review_by_keys_and_see_one_another_when_done(
    page: Page, others: BrowserContext, base: str, axe: str
) -> None:
    sign_in(page, "ines")
    comment(page, base, "Why at this line? (Ines)")
    score(page, "3")
    override(page, "The statement allows both. (Ines)")
    for name in ("Cases", "Rubric", "Questions", "Notes"):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.get_by_role("tab", name=name).click()
        assert not everywhere(page, axe)
    page.set_viewport_size({"width": 1440, "height": 900})
    decide(page, 2, "Solid. (Ines)")
    expect(page.get_by_text("No other review is done yet")).to_be_visible()

    iris = others.new_page()
    sign_in(iris, "iris")
    iris.goto(base)
    expect(iris.locator(".cm-content")).to_contain_text("CustomDenseLayer")
    # The points are everybody's; what Ines thinks is not.
    expect(iris.get_by_text("Ines gave 5 in place of 0")).to_be_visible()
    for address in (base, f"{base}decision/"):
        iris.goto(address)
        text = iris.content()
        assert not [word for word in ("Why at this line", "Solid.", "As the line says") if word in text]
        assert "Cleo" not in text
        assert "cleo@" not in text
    comment(iris, base, "I would ask. (Iris)")
    score(iris, "1")
    decide(iris, 1, "Not yet. (Iris)")
    table = iris.get_by_role("region", name="Reviews side by side")
    for words in ("Why at this line? (Ines)", "Solid. (Ines)", "I would ask. (Iris)", "Strong no", "Yes"):
        expect(table).to_contain_text(words) if words != "Strong no" else expect(table).not_to_contain_text(words)
    assert not everywhere(iris, axe)

    page.reload()
    expect(page.get_by_role("region", name="Reviews side by side")).to_contain_text("Not yet. (Iris)")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Candidate")


def test_two_windows_of_one_reviewer(page: Page, context: BrowserContext, planted: dict[str, str], axe: str) -> None:
    """What the other window says is shown and said; a text keeps both."""
    sign_in(page, "iris")
    page.goto(f"/interviews/{planted['interview']}/")
    page.goto(f"/interviews/{planted['interview']}/candidates/{planted['sitting']}/decision/")
    if page.get_by_role("button", name="Reopen my review").count():
        page.get_by_role("button", name="Reopen my review").click()
        expect(page.get_by_role("button", name="Done")).to_be_visible()
    second = context.new_page()
    second.goto(page.url)
    for window, label in ((page, "Strong no"), (second, "Strong yes")):
        window.get_by_role("radio", name=label).check()
    expect(second.get_by_role("radio", name="Strong no")).to_be_checked()
    expect(second.get_by_text("You chose something else in another window")).to_be_visible()
    page.get_by_role("textbox", name="Private notes").fill("from the first")
    saved(page.locator("form[data-note]", has=page.get_by_role("textbox", name="Private notes")))
    second.get_by_role("textbox", name="Private notes").fill("from the second")
    expect(second.get_by_role("textbox", name="Private notes")).to_have_value(
        "from the first\n\n(Written in another window at the same time:)\n\nfrom the second"
    )
    saved(second.locator("form[data-note]", has=second.get_by_role("textbox", name="Private notes")))
    second.close()
    page.goto(f"/interviews/{planted['interview']}/rubric/custom-layer/")
    assert not everywhere(page, axe)


def test_what_is_typed_offline_is_not_lost(page: Page, context: BrowserContext, base: str) -> None:
    sign_in(page, "ines")
    page.goto(f"{base}decision/")
    if page.get_by_role("button", name="Reopen my review").count():
        page.get_by_role("button", name="Reopen my review").click()
        expect(page.get_by_role("button", name="Done")).to_be_visible()
    summary = page.locator("form[data-note]", has=page.get_by_role("textbox", name="Summary"))
    context.set_offline(True)
    page.get_by_role("textbox", name="Summary").fill("typed in a tunnel")
    page.get_by_role("radio", name="Strong no").check()
    expect(summary.locator("[data-save-state]")).to_have_attribute("data-state", "offline")
    context.set_offline(False)
    saved(summary)
    saved(page.get_by_role("group", name="Recommendation"))
    page.reload()
    expect(page.get_by_role("textbox", name="Summary")).to_have_value("typed in a tunnel")
    expect(page.get_by_role("radio", name="Strong no")).to_be_checked()
