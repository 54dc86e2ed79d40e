"""What the health check says, and to whom."""

import time

import pytest
from django.core.management import call_command
from django.test import Client

from gradetape import broker
from gradetape.fleet import presence

pytestmark = pytest.mark.django_db


def worker(name: str = "celery@here", seconds_ago: float = 0) -> presence.Worker:
    return presence.Worker(name, 2, ["keras3"], time.time() - seconds_ago)


def test_all_is_well_with_a_worker_and_a_sweeper():
    presence.report(worker())
    presence.note_sweep()
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    swept = answer.json()["swept"]
    assert answer.json() == {"status": "ok", "database": True, "redis": True, "workers": 1, "swept": swept}
    assert 0 <= swept < 30


def test_without_a_worker_it_is_degraded():
    presence.note_sweep()
    assert (Client().get("/healthz").status_code, Client().get("/healthz").json()["status"]) == (200, "degraded")


def test_without_a_sweeper_it_is_degraded():
    presence.report(worker())
    broker.client().set(presence.SWEPT, str(time.time() - 60))
    assert Client().get("/healthz").json()["status"] == "degraded"


def test_without_redis_it_is_down(redis_process):
    redis_process.stop()
    try:
        answer = Client().get("/healthz")
    finally:
        redis_process.start()
    assert (answer.status_code, answer.json()["status"], answer.json()["database"]) == (503, "down", True)


def test_a_silent_worker_is_gone_and_at_last_forgotten():
    presence.report(worker("celery@quiet", seconds_ago=30))
    presence.report(worker("celery@dead", seconds_ago=9999))
    presence.report(worker())
    assert [found.hostname for found in presence.live_workers()] == ["celery@here"]
    assert set(broker.client().hkeys(presence.WORKERS)) == {"celery@quiet", "celery@here"}


def test_the_workers_command_fails_when_nobody_is_there(capsys):
    with pytest.raises(SystemExit):
        call_command("workers")
    presence.report(worker())
    call_command("workers")
    assert "celery@here: 2 slots, keras3" in capsys.readouterr().out
