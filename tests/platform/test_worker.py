"""The whole path with real processes: Redis, a Celery worker with its pool and beat, the web server; and kills."""

import http.client
import json
import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator

import psutil
import pytest
from django.conf import settings
from django.test import Client
from support import Process, start_worker, wait_until

from gradetape import broker
from gradetape.fleet.presence import live_workers
from gradetape.submissions.actions import cancel
from gradetape.submissions.hosting import EX_CONFIG
from gradetape.submissions.models import Attempt, Ending, Kind, State, Submission

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def worker(version, beat) -> Iterator[Process]:
    shutil.rmtree(settings.ENGINE_RUN_DIR, ignore_errors=True)
    process = start_worker()
    yield process
    process.kill_all()


@pytest.fixture
def web() -> Iterator[int]:
    """A web server; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = Process("uvicorn", "gradetape.asgi:application", "--port", str(port), "--log-level", "warning")
    wait_until(lambda: answers(port), 60)
    yield port
    process.kill_all()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def await_end(submission: Submission, seconds: float = 60) -> Submission:
    wait_until(lambda: Submission.objects.get(pk=submission.pk).state not in {State.QUEUED, State.RUNNING}, seconds)
    return Submission.objects.get(pk=submission.pk)


def test_a_submission_is_graded_by_a_worker(worker, send, ana):
    done = await_end(send(ana, "fail three"))
    assert (done.state, done.verdict, done.score) == (State.FINISHED, "partial", 65)
    assert done.cases.get(case="three").hint == "planted-hint-three"
    assert [event.type for event in done.events.all()] == [
        "queued",
        "started",
        *["case_started", "case"] * 3,
        "finished",
    ]


def test_a_run_is_graded_on_the_samples(worker, send, ana):
    done = await_end(send(ana, "print hello", kind=Kind.RUN))
    assert [row.case for row in done.cases.all()] == ["two"]
    assert done.output["stdout"] == "hello"


def test_a_fault_of_ours_is_tried_again_and_never_shown(worker, send, ana):
    done = await_end(send(ana, "fault once"))
    assert (done.verdict, done.attempt) == ("accepted", 2)
    assert [attempt.ending for attempt in done.attempts.all()] == [Ending.FAULT, Ending.FINISHED]
    assert "planted-fault" not in str(list(done.events.values_list("data", flat=True)))


def test_a_fault_that_stays_becomes_our_verdict_on_ourselves(worker, send, ana):
    done = await_end(send(ana, "fault"))
    assert (done.verdict, done.attempt) == ("judge_error", 3)
    assert "planted-fault-detail" not in str(list(done.events.values_list("data", flat=True))) + done.message
    assert "planted-fault-detail" in Attempt.objects.filter(submission=done).first().fault


def test_a_pool_process_that_dies_loses_nothing(worker, send, ana):
    done = await_end(send(ana, "die once"))
    assert (done.verdict, done.attempt) == ("accepted", 2)
    assert [attempt.ending for attempt in done.attempts.all()] == [Ending.LOST, Ending.FINISHED]


def test_cancelling_stops_the_grading(worker, send, ana):
    submission = send(ana, "pause 20")
    wait_until(lambda: Submission.objects.get().state == State.RUNNING)
    cancel(submission=submission)
    after = await_end(send(ana, "pass", kind=Kind.RUN), 10)
    assert after.verdict == "accepted"
    assert Submission.objects.get(pk=submission.pk).state == State.CANCELLED


def test_a_long_grading_keeps_its_lease(worker, send, ana):
    done = await_end(send(ana, "pause 1.5"))
    assert (done.verdict, done.attempt) == ("accepted", 1)


def test_killing_the_whole_worker_loses_nothing(worker, send, ana):
    submission = send(ana, "pause 1")
    wait_until(lambda: Submission.objects.get().state == State.RUNNING)
    worker.kill_all()
    again = start_worker()
    try:
        done = await_end(submission)
    finally:
        again.kill_all()
    assert (done.verdict, done.attempt, done.cases.count()) == ("accepted", 2, 3)


def test_a_worker_that_slept_past_its_lease_writes_nothing(worker, send, ana):
    submission = send(ana, "pause 1")
    wait_until(lambda: Submission.objects.get().state == State.RUNNING)
    family = [psutil.Process(worker.process.pid), *psutil.Process(worker.process.pid).children(recursive=True)]
    for process in family:
        process.send_signal(signal.SIGSTOP)
    again = start_worker()
    try:
        done = await_end(submission)
        for process in family:
            process.send_signal(signal.SIGCONT)
        time.sleep(4)
    finally:
        again.kill_all()
    assert (done.verdict, done.attempt) == ("accepted", 2)
    assert Submission.objects.get().cases.count() == 3
    assert [attempt.ending for attempt in Attempt.objects.all()] == [Ending.LOST, Ending.FINISHED]


def test_redis_losing_everything_loses_no_submission(worker, send, ana, bob):
    sent = [send(user, "pause 0.3") for user in (ana, bob) for _ in range(3)]
    broker.client().flushall()
    ends = [await_end(submission) for submission in sent]
    assert {(done.state, done.verdict) for done in ends} == {(State.FINISHED, "accepted")}
    assert all(done.cases.count() == 3 for done in ends)


def test_redis_restarting_loses_no_submission(worker, send, ana, redis_process):
    sent = [send(ana, "pause 0.5") for _ in range(2)]
    redis_process.stop()
    sent.append(send(ana, "pass"))
    time.sleep(1)
    redis_process.start()
    assert {await_end(submission).verdict for submission in sent} == {"accepted"}


def test_workers_stop_when_asked_and_finish_what_they_have(worker, send, ana):
    submission = send(ana, "pause 0.5")
    wait_until(lambda: Submission.objects.get().state == State.RUNNING)
    worker.stop(signal.SIGTERM)
    assert Submission.objects.get(pk=submission.pk).verdict == "accepted"


def test_a_page_that_reloads_in_the_middle_misses_no_event(worker, web, send, ana, as_ana):
    submission = send(ana, "pause 0.6")
    first = list(stream(web, as_ana, submission, stop_after="1-3"))
    rest = list(stream(web, as_ana, submission, after="1-3"))
    assert [event_id for event_id, _ in first + rest] == ["0-1", *[f"1-{number}" for number in range(1, 9)], ""]
    assert [kind for _, kind in rest][-2:] == ["finished", "end"]


def test_an_upload_of_100_mb_is_refused_before_it_is_read(web, version, as_ana):
    connection = http.client.HTTPConnection("127.0.0.1", web, timeout=10)
    connection.putrequest("POST", "/challenges/doubling/submissions/")
    connection.putheader("Content-Length", str(100 * 1024 * 1024))
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["error"]) == (413, "too_large")


def test_an_upload_of_unknown_length_is_cut_off(web, version):
    connection = http.client.HTTPConnection("127.0.0.1", web, timeout=10)
    connection.request("POST", "/accounts/login/", body=(b"x" * 65536 for _ in range(9)), encode_chunked=True,
                       headers={"Transfer-Encoding": "chunked"})  # fmt: skip
    assert connection.getresponse().status == 413


def stream(
    port: int, client: Client, submission: Submission, after: str = "", stop_after: str = ""
) -> Iterator[tuple[str, str]]:
    """(id, type) of each event that comes over a connection of its own, up to `end` or to the id to stop after."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    headers = {"Cookie": cookie, "Accept": "text/event-stream", **({"Last-Event-ID": after} if after else {})}
    connection.request("GET", f"/submissions/{submission.pk}/events/", headers=headers)
    answer, fields = connection.getresponse(), {}
    assert answer.status == 200
    while line := answer.readline().decode():
        name, _, value = line.strip().partition(": ")
        fields[name] = value
        if line == "\n" and "event" in fields:
            event = (fields.get("id", ""), fields["event"])
            if event[1] != "position":
                yield event
            fields = {}
            if stop_after and event[0] == stop_after:
                break
    connection.close()


def test_a_worker_is_warm_before_the_first_submission(worker):
    wait_until(lambda: len(list(settings.ENGINE_RUN_DIR.glob("warm-*"))) == 2)


@pytest.mark.parametrize("ill", ["findings", "broken-host"])
def test_a_worker_refuses_a_machine_that_breaks_a_promise(version, tmp_path, ill):
    shutil.rmtree(settings.ENGINE_RUN_DIR, ignore_errors=True)
    settings.ENGINE_RUN_DIR.mkdir()
    (settings.ENGINE_RUN_DIR / ill).write_text("Install what is missing.")
    worker = Process("celery", "-A", "gradetape", "worker", "-l", "WARNING", log=tmp_path / "log")
    assert worker.process.wait(timeout=60) == EX_CONFIG
    said = (tmp_path / "log").read_text()
    assert {"findings": "Install what is missing.", "broken-host": "asked not to start"}[ill] in said
    assert not live_workers()
    assert not (settings.ENGINE_RUN_DIR / "started").exists()


def test_a_worker_imports_no_tensorflow(worker):
    family = [psutil.Process(worker.process.pid), *psutil.Process(worker.process.pid).children(recursive=True)]
    for process in family:
        maps = " ".join(mapped.path for mapped in process.memory_maps())
        assert "tensorflow" not in maps
        assert "numpy" not in maps
    assert os.getpid() not in {process.pid for process in family}
