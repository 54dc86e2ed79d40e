"""`python -m grader submit`: a file is sent to a server, and its grading shown like one of `grade`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from grader.cli.grade import JUDGE_FAILED, case_facts, number, read
from grader.cli.remote import RefusedError, Server, Told, UnreachableError
from grader.cli.table import Watcher, said
from grader.cli.workshop import WrongUsageError
from grader.events import CaseFinished, CaseStarted, Event, Output, Started
from grader.model import Verdict

__all__ = ["Server", "Wish", "run"]

CANCELLED = 1
INTERRUPTED = 130
# How long to go on asking a server that does not answer, and how long to wait in between.
PATIENCE_SECONDS = 120.0
PAUSES = (0.5, 1.0, 2.0, 5.0)
MOST_WAITS = 5
FINAL = {"finished", "cancelled"}
TIMINGS = ("jail_ms", "first_case_ms", "total_ms", "cpu_s")


@dataclass(frozen=True)
class Wish:
    """What the command was asked for."""

    slug: str
    file: Path
    samples_only: bool = False
    as_json: bool = False


class Finished(Event, frozen=True, tag="finished"):
    """The verdict as a server tells it: what hidden cases took is not among the timings."""

    verdict: Verdict
    score: float
    timings: dict[str, float | None] = {}
    message: str | None = None
    line: int | None = None


KNOWN = Started | CaseStarted | CaseFinished | Finished | Output


@dataclass
class Story:
    """What was told so far. `began` is when watching began."""

    cases: list[CaseFinished] = field(default_factory=list)
    output: dict[str, str] = field(default_factory=dict)
    finished: Finished | None = None
    began: float = field(default_factory=time.monotonic)
    cancelled: bool = False

    def take(self, told: Told) -> Any:
        """Keep an event; the event as the engine tells it, None for another kind."""
        if told.type == "restarted":
            self.cases, self.output = [], {}
            return None
        self.cancelled |= told.type == "cancelled"
        try:
            event = msgspec.convert({**told.data, "type": told.type}, KNOWN)
        except msgspec.ValidationError:
            # A newer server may tell more than is known here.
            return None
        if isinstance(event, CaseFinished):
            self.cases.append(event)
        elif isinstance(event, Finished):
            self.finished = event
        elif isinstance(event, Output):
            self.output[event.stream] = self.output.get(event.stream, "") + event.text
        return event


def run(server: Server, wish: Wish) -> int:
    """Send the file and show what comes of it. Returns the exit code. Raises WrongUsageError."""
    source = _source(wish.file)
    if server.tells_token:
        _warn(f"{server.address} is not encrypted: whoever listens on the way learns your token")
    try:
        challenge = server.challenge(wish.slug)
        submission = _sent(server, wish, source)
        return _followed(server, wish, challenge, submission)
    except RefusedError as error:
        raise WrongUsageError(str(error)) from error
    except UnreachableError as error:
        _warn(str(error))
        return JUDGE_FAILED


def _source(file: Path) -> str:
    try:
        return read(file).decode("utf-8")
    except UnicodeDecodeError as error:
        raise WrongUsageError(f"{file}: expected UTF-8. Byte {error.start} is none; save the file as UTF-8") from error


def _sent(server: Server, wish: Wish, source: str) -> dict[str, Any]:
    """The submission that was made. Where the server says to wait, it is tried again after that."""
    kind = "run" if wish.samples_only else "submit"
    for left in reversed(range(MOST_WAITS)):
        try:
            return server.send(wish.slug, source, kind)
        except RefusedError as error:
            if error.status != 429 or not left:
                raise
            wait = max(1, min(error.retry_after, 60))
            _warn(f"{error} Trying again in {wait} s.")
            time.sleep(wait)
    raise AssertionError("the last try either answers or raises")


def _followed(server: Server, wish: Wish, challenge: dict[str, Any], submission: dict[str, Any]) -> int:
    told, story = follow(server, submission["id"]), Story()
    try:
        if wish.as_json:
            for event in told:
                story.take(event)
        else:
            _shown(wish, challenge, submission, told, story)
    except KeyboardInterrupt:
        server.cancel(submission["id"])
        _warn("cancelled")
        return INTERRUPTED
    if story.finished is None:
        _warn(
            "it was cancelled, and not graded" if story.cancelled else f"no verdict came: look at {submission['url']}"
        )
        return CANCELLED if story.cancelled else JUDGE_FAILED
    if wish.as_json:
        sys.stdout.write(_line(wish, submission, story, story.finished) + "\n")
        sys.stdout.flush()
    return JUDGE_FAILED if story.finished.verdict is Verdict.JUDGE_ERROR else 0


def _shown(
    wish: Wish, challenge: dict[str, Any], submission: dict[str, Any], told: Iterator[Told], story: Story
) -> None:
    cases = [case for part in challenge["parts"] for case in part["cases"] if case["sample"] or not wish.samples_only]
    with Watcher(challenge["title"], [case["id"] for case in cases], wish.file) as watcher:
        watcher.say(submission["url"])
        for event in told:
            if event.type == "position":
                watcher.waiting(f"waiting, {event.data.get('ahead', 0)} ahead")
            elif event.type == "restarted":
                watcher.say("A worker was lost on the way. It is graded anew.")
            known = story.take(event)
            if known:
                watcher.take(known)
    if story.finished:
        end = story.finished
        took = f"{time.monotonic() - story.began:.1f} s"
        points = sum(case["points"] for case in cases)
        watcher.close(end.verdict, end.score, points, said(end.message, end.line), story.output, took)


def follow(server: Server, submission: str) -> Iterator[Told]:
    """The whole story, in order and each event once, over a stream, and by asking again where that is cut.

    Raises UnreachableError when the server has not answered for PATIENCE_SECONDS.
    """
    last, heard, failures = "", time.monotonic(), 0
    while True:
        try:
            for told in server.stream(submission, last):
                heard, failures = time.monotonic(), 0
                if told.type == "end":
                    return
                last = told.id or last
                yield told
        except UnreachableError as error:
            if time.monotonic() - heard > PATIENCE_SECONDS:
                raise UnreachableError(f"{error}. Look at it there later: it is graded all the same") from error
        time.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
        failures += 1
        try:
            state = server.state(submission, last)
        except UnreachableError:
            continue
        heard = time.monotonic()
        for one in state["events"]:
            last = one["id"]
            yield Told(one["id"], one["type"], one["data"])
        if state["state"] in FINAL:
            return


def _line(wish: Wish, submission: dict[str, Any], story: Story, end: Finished) -> str:
    """The result as `grade --json` says it; the seed is the server's own."""
    content = {
        "file": str(wish.file),
        "challenge": wish.slug,
        "version": submission["version"],
        "submission": submission["id"],
        "url": submission["url"],
        "seed": None,
        "verdict": end.verdict,
        "score": number(end.score),
        "message": end.message,
        "line": end.line,
        "cases": [case_facts(case) for case in story.cases],
        "output": story.output,
        "timings": {name: end.timings.get(name) for name in TIMINGS},
    }
    return msgspec.json.encode(content).decode()


def _warn(text: str) -> None:
    sys.stderr.write(f"grader: {text}\n")
