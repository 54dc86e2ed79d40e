"""`grader submit` against a small server that answers as the API does, and misbehaves where a test asks for it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from grader.cli import remote, submit
from grader.cli.remote import Server, UnreachableError
from grader.cli.submit import Wish, follow, run
from grader.cli.workshop import WrongUsageError
from grader.package import REPOSITORY

# Longer than a terminal is wide: an address must come out in one piece.
HOST = "grade-tape-of-the-department.example.org"
ID = "11111111-1111-4111-8111-111111111111"
CASE = {"part": "all", "title": "A case", "points": 50, "sample": True}
TIMINGS = {"jail_ms": 1.0, "first_case_ms": 2.0}
STORY: list[tuple[str, str, dict[str, Any]]] = [
    ("0-1", "queued", {"position": 3, "ahead": 2}),
    ("1-1", "started", {}),
    ("1-2", "output", {"stream": "stdout", "text": "hello\n", "case": None}),
    ("1-3", "case_started", {"case": "first"}),
    ("1-4", "case", {**CASE, "case": "first", "earned": 50, "outcome": "passed", "seconds": 0.01}),
    ("1-5", "case", {**CASE, "case": "second", "earned": 0, "outcome": "failed", "hint": "Look there.", "line": 3,
                     "message": "wanted 2, got 3", "sample": False}),
    ("1-6", "finished", {"verdict": "partial", "score": 50, "passed": 1, "total": 2, "timings": TIMINGS}),
]  # fmt: skip


class Fake:
    """The server. `cuts`: after how many events each connection of the stream breaks off."""

    def __init__(self) -> None:
        self.story = list(STORY)
        self.cuts: list[int] = []
        self.refusals: list[tuple[int, dict[str, Any]]] = []
        self.states = True
        self.asked: list[tuple[str, str]] = []
        self.sent: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.state_of_it = "finished"

    def events(self, after: str) -> list[tuple[str, str, dict[str, Any]]]:
        ids = [one[0] for one in self.story]
        return self.story[ids.index(after) + 1 :] if after in ids else self.story

    def answer(self, method: str, path: str) -> tuple[int, Any]:
        if self.refusals and method == "POST":
            return self.refusals.pop(0)
        if path == "/api/challenges/doubling":
            cases = [{"id": "first", "points": 50, "sample": True}, {"id": "second", "points": 50, "sample": False}]
            return 200, {"title": "Doubling", "parts": [{"cases": cases}]}
        if path == "/api/challenges/doubling/submissions":
            return 201, {"id": ID, "version": 4, "url": f"http://{HOST}/submissions/{ID}/"}
        if path.startswith(f"/api/submissions/{ID}/state"):
            rest = self.events(path.partition("after=")[2])
            events = [dict(zip(("id", "type", "data"), one, strict=True)) for one in rest]
            return (200, {"state": self.state_of_it, "events": events}) if self.states else (503, {})
        if path.endswith("/cancel"):
            return 200, {"state": "cancelled"}
        return 404, {"detail": "There is nothing here that you can see."}


class Handler(BaseHTTPRequestHandler):
    fake: Fake

    def do_GET(self) -> None:
        self.fake.asked.append(("GET", self.path))
        self.fake.headers.append(dict(self.headers))
        if self.path.endswith("/events"):
            self._stream()
        else:
            self._say(*self.fake.answer("GET", self.path))

    def do_POST(self) -> None:
        self.fake.asked.append(("POST", self.path))
        self.fake.sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._say(*self.fake.answer("POST", self.path))

    def _say(self, status: int, content: Any) -> None:
        self.send_response(status)
        for name, value in content.pop("headers", {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def _stream(self) -> None:
        if not (self.fake.states or self.fake.cuts):
            self._say(503, {})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        events = self.fake.events(self.headers.get("Last-Event-ID", ""))
        cut = self.fake.cuts.pop(0) if self.fake.cuts else None
        self.wfile.write(b'retry: 1000\n\n: still here\n\nevent: position\ndata: {"ahead": 2}\n\n')
        for id_, type_, data in events[:cut]:
            self.wfile.write(f"id: {id_}\nevent: {type_}\ndata: {json.dumps(data)}\n\n".encode())
        if cut is None:
            self.wfile.write(b"event: end\ndata: {}\n\n")

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def server(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(submit, "PAUSES", (0.01,))
    listening = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"fake": fake}))
    threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
    yield Server(f"http://127.0.0.1:{listening.server_address[1]}", "gt_token")
    listening.shutdown()
    listening.server_close()


@pytest.fixture
def wish(tmp_path: Path) -> Callable[..., Wish]:
    file = tmp_path / "solution.py"
    file.write_text("x = 'ä'\n", encoding="utf-8")
    return lambda slug="doubling", **changes: Wish(slug=slug, file=file, **changes)


def test_the_result_is_shown_like_that_of_grade(server: Server, wish, capsys) -> None:
    assert run(server, wish()) == 0
    said = capsys.readouterr().out
    assert "Doubling" in said
    assert "✓ first     50/50   passed" in said
    assert "✗ second     0/50   failed" in said
    assert "wanted 2, got 3 (line 3)" in said
    assert "hint: Look there." in said
    assert "partial  50 of 100 points" in said
    assert "hello" in said
    assert f"http://{HOST}/submissions/{ID}/" in said


def test_the_file_is_sent_as_it_is_with_the_token(server: Server, fake: Fake, wish) -> None:
    run(server, wish())
    assert fake.sent == [{"source": "x = 'ä'\n", "kind": "submit"}]
    assert {headers["Authorization"] for headers in fake.headers} == {"Bearer gt_token"}


def test_samples_are_asked_for_and_counted_alone(server: Server, fake: Fake, wish, capsys) -> None:
    run(server, wish(samples_only=True))
    assert fake.sent[0]["kind"] == "run"
    assert "of 50 points" in capsys.readouterr().out


def test_json_has_the_fields_of_grade(server: Server, wish, capsys) -> None:
    assert run(server, wish(as_json=True)) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["verdict"], result["score"], result["challenge"], result["submission"]) == (
        "partial", 50, "doubling", ID,
    )  # fmt: skip
    assert [(case["id"], case["earned"]) for case in result["cases"]] == [("first", 50), ("second", 0)]
    assert result["output"] == {"stdout": "hello\n"}
    assert result["timings"] == {**TIMINGS, "total_ms": None, "cpu_s": None}


@pytest.mark.parametrize("cuts", [[0], [3], [3, 1, 0], [1] * 5])
def test_a_stream_that_is_cut_is_taken_up_again(server: Server, fake: Fake, cuts: list[int]) -> None:
    fake.state_of_it = "running"
    fake.cuts = cuts
    told = [one for one in follow(server, ID) if one.id]
    assert [one.id for one in told] == [one[0] for one in STORY]


def test_where_no_stream_comes_through_the_state_is_asked(server: Server, fake: Fake) -> None:
    fake.cuts = [0] * 50
    assert [one.id for one in follow(server, ID) if one.id] == [one[0] for one in STORY]
    assert len([path for _, path in fake.asked if "/state" in path]) == 1


def test_a_server_that_is_gone_for_long_is_given_up(server: Server, fake: Fake, wish, monkeypatch, capsys) -> None:
    monkeypatch.setattr(submit, "PATIENCE_SECONDS", 0.2)
    fake.cuts, fake.states = [2], False
    assert run(server, wish()) == 3
    assert "it is graded all the same" in capsys.readouterr().err


def test_a_lost_worker_s_cases_are_counted_once(server: Server, fake: Fake, wish, capsys) -> None:
    again = [(f"2-{id_[2:]}", type_, data) for id_, type_, data in STORY[1:]]
    fake.story = [*STORY[:5], ("1-2147483648", "restarted", {}), *again]
    assert run(server, wish(as_json=True)) == 0
    assert [case["id"] for case in json.loads(capsys.readouterr().out)["cases"]] == ["first", "second"]


def test_events_that_are_not_known_here_are_passed_over(server: Server, fake: Fake, wish) -> None:
    fake.story = [*STORY[:4], ("1-3", "weather", {"rain": 1}), ("1-3", "case", {"case": "odd"}), *STORY[4:]]
    assert run(server, wish()) == 0


@pytest.mark.parametrize(("verdict", "code"), [("accepted", 0), ("wrong_answer", 0), ("judge_error", 3)])
def test_the_exit_code_tells_a_failure_of_the_platform_from_one_s_own(
    server: Server, fake: Fake, wish, verdict: str, code: int
) -> None:
    fake.story[-1] = ("1-6", "finished", {**STORY[-1][2], "verdict": verdict, "timings": {}})
    assert run(server, wish()) == code


def test_a_submission_that_was_cancelled_has_no_verdict(server: Server, fake: Fake, wish, capsys) -> None:
    fake.story = [*STORY[:2], ("1-9", "cancelled", {})]
    assert run(server, wish()) == 1
    assert "cancelled" in capsys.readouterr().err


def test_ctrl_c_cancels_it_there(server: Server, fake: Fake, wish, monkeypatch) -> None:
    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(submit.Story, "take", interrupted)
    assert run(server, wish(as_json=True)) == 130
    assert fake.asked[-1] == ("POST", f"/api/submissions/{ID}/cancel")


def test_it_waits_where_the_server_asks_for_that(server: Server, fake: Fake, wish, monkeypatch, capsys) -> None:
    waited: list[float] = []
    monkeypatch.setattr(submit.time, "sleep", waited.append)
    fake.refusals = [(429, {"detail": "Too fast.", "headers": {"Retry-After": "7"}})]
    assert run(server, wish()) == 0
    assert waited[0] == 7
    assert "Trying again in 7 s" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("refusal", "told"),
    [((401, {"detail": "This token is unknown."}), "This token is unknown."),
     ((413, {"error": "too_large", "message": "More than this site takes."}), "More than this site takes."),
     ((403, {"detail": "This token may only read."}), "may only read")],
)  # fmt: skip
def test_a_refusal_is_said_in_the_server_s_words(server: Server, fake: Fake, wish, refusal, told: str) -> None:
    fake.refusals = [refusal]
    with pytest.raises(WrongUsageError, match=told):
        run(server, wish())


def test_an_unknown_challenge_is_wrong_usage(server: Server, wish) -> None:
    with pytest.raises(WrongUsageError, match="nothing here"):
        run(server, wish(slug="none/../me"))


def test_a_server_s_own_failure_is_the_platform_s(server: Server, fake: Fake, wish, capsys) -> None:
    fake.refusals = [(502, {})]
    assert run(server, wish()) == 3
    assert "502" in capsys.readouterr().err


def test_a_redirect_is_not_followed_with_the_token(server: Server, fake: Fake, wish) -> None:
    fake.refusals = [(302, {"headers": {"Location": "https://evil.example/api/"}})]
    with pytest.raises(WrongUsageError, match=r"leads on to https://evil\.example"):
        run(server, wish())


@pytest.mark.parametrize(
    ("address", "token", "told"),
    [("grade.example.org", "gt_x", "https://host"), ("ftp://host", "gt_x", "https://host"),
     ("https://host/path", "gt_x", "https://host"), ("https://host", "", "GRADETAPE_TOKEN"),
     ("https://host", "gt_x\r\nX-Evil: 1", "one word")],
)  # fmt: skip
def test_what_is_no_server_or_token_is_told(address: str, token: str, told: str) -> None:
    with pytest.raises(WrongUsageError, match=told):
        Server(address, token)


def test_a_token_on_an_open_line_is_warned_of() -> None:
    assert Server("http://grade.example.org", "gt_x").tells_token
    assert not Server("https://grade.example.org", "gt_x").tells_token
    assert not Server("http://localhost:8000", "gt_x").tells_token


def test_a_page_that_is_no_json_is_not_a_server() -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as listening:
        threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
        with pytest.raises(UnreachableError, match="did not answer in JSON"):
            Server(f"http://127.0.0.1:{listening.server_address[1]}", "gt_x").challenge("x")
        listening.shutdown()


def test_bytes_that_are_no_utf_8_are_told_with_their_place(server: Server, wish) -> None:
    asked = wish()
    asked.file.write_bytes(b"x = '\xe4'\n")
    with pytest.raises(WrongUsageError, match="Byte 5"):
        run(server, asked)


def test_the_command_says_wrong_usage_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "solution.py"
    file.write_text("")
    command = [sys.executable, "-m", "grader", "submit", "doubling", str(file), "--server", "http://127.0.0.1:9"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "GRADETAPE_TOKEN" in done.stderr


def test_nothing_of_the_web_side_is_needed() -> None:
    assert "django" not in Path(remote.__file__).read_text(encoding="utf-8").lower()
