"""Looks at pages with Chromium, in a process of its own, and prints what it saw as JSON.

A process of its own, since the driver leaves an event loop behind in the one that it runs in.
"""

from __future__ import annotations

import json
import shutil
import sys
from typing import Any

from playwright.sync_api import BrowserContext, Page, Request, sync_playwright

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
LISTEN = """addEventListener("securitypolicyviolation", (event) => (window.reports ??= []).push(
  `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`), true);"""
# What markup would have made, had it been read as markup. The pages' own forms and lists load parts of themselves.
FOUND = """() => ({
  planted: document.querySelectorAll("[data-planted]").length,
  handlers: [...document.querySelectorAll("*:not(form.filters, [hx-get='/dashboard/'])")].filter((one) =>
    [...one.attributes].some((attribute) => /^on|^srcdoc$|^hx-|^data-hx-|^style$/.test(attribute.name)
      && /alert|evil|pwned|dashboard/.test(attribute.value))).map((one) => one.outerHTML.slice(0, 200)),
  scripts: [...document.querySelectorAll("script:not([src]):not([type='application/json'])")].length,
  links: [...document.querySelectorAll("[href], [src], [action]")].flatMap((one) => [one.href, one.src, one.action])
    .filter((address) => typeof address === "string" && /^(javascript|data|vbscript):|evil/i.test(address)),
  pwned: window.pwned ?? null,
  reports: window.reports ?? [],
  address: location.pathname,
})"""


class Looker:
    """One page, and all that it complained of or asked for."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address, self.page = address, context.new_page()
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self.page.on("dialog", self._refuse)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("request", self._asked)

    def _refuse(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:image/")):
            self.strangers.append(request.url)

    def look(self, path: str) -> dict[str, Any]:
        """Open the page, touch whatever can be opened on it, and say what was found."""
        answer = self.page.goto(self.address + path, wait_until="load")
        assert answer
        touched = touch(self.page)
        hover(self.page)
        seen = {**touched, "status": answer.status, **self.page.evaluate(FOUND)}
        seen["text"] = self.page.evaluate("() => document.body.textContent")
        seen["title"] = self.page.title()
        seen["complaints"] = [text for text in self.complaints if "status of 404" not in text]
        seen["strangers"] = self.strangers
        self.page.close()
        return seen


def touch(page: Page) -> dict[str, str]:
    """Open each case and the output; what stands there and in the editor."""
    shown = {"details": "", "output": "", "editor": ""}
    if page.locator("[data-results]").count():
        page.locator(".cm-content").first.wait_for(state="attached")
        for row in page.locator("[data-case]").all():
            row.dispatch_event("click")
            shown["details"] += page.locator("[data-detail]").text_content() or ""
        page.locator("[data-tab=output]").first.dispatch_event("click")
        shown["output"] = page.locator("[data-output]").text_content() or ""
        shown["editor"] = page.locator(".cm-content").first.inner_text()
    return shown


def hover(page: Page) -> None:
    """Focus and hover everything, as somebody would who falls for it."""
    page.evaluate(
        """() => { for (const one of document.querySelectorAll("main *")) for (const type of
        ["mouseover", "mouseenter", "focus", "toggle", "error", "load"]) one.dispatchEvent(new Event(type)); }"""
    )
    page.wait_for_timeout(150)


def main() -> None:
    asked = json.load(sys.stdin)
    seen = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=OPTIONS)
        for wanted in asked["pages"]:
            context = browser.new_context()
            context.set_default_timeout(60_000)
            context.add_init_script(LISTEN)
            context.add_cookies([{**cookie, "url": asked["address"]} for cookie in wanted["cookies"]])
            seen.append(Looker(context, asked["address"]).look(wanted["path"]))
            context.close()
        browser.close()
    json.dump(seen, sys.stdout)


main()
