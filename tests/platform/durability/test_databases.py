"""The database is the truth: while it is away nothing is decided, and afterwards nothing is missing."""

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from databases import Postgres, database
from django.db import OperationalError, connection
from invariants import assert_none_lost_none_doubled, await_all, finished, running
from redis.exceptions import RedisError
from support import RedisProcess, wait_until

from gradetape import broker, environment
from gradetape.submissions.models import Submission

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(280)]
IMPATIENT = {"TESTED_PATIENCE": "0.5"}


@pytest.fixture
def postgres(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postgres]:
    if Postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    server = Postgres()
    server.create()
    server.start()
    monkeypatch.setenv("DATABASE_URL", server.url)
    with database(**environment.database("DATABASE_URL", embedded_file=None)):
        yield server
    server.remove()


@pytest.fixture
def disk(transactional_db: None, redis_process: RedisProcess, tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB with the database, a Redis, and all that a worker keeps."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a disk of its own can't be mounted here: {mounted.stderr.decode().strip()}")
    redis_process.stop()
    (folder / "redis").mkdir()
    redis = RedisProcess(folder / "redis")
    redis.start()
    try:
        with database(NAME=str(folder / "db.sqlite3")):
            yield folder
    finally:
        redis.stop()
        redis_process.start()
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_the_database_is_locked_for_longer_than_anybody_waits(crowd, workers):
    workers(**IMPATIENT)
    sent = crowd("pause 0.05")
    for goal in (5, 20):
        wait_until(lambda goal=goal: finished() >= goal and running(), 60)
        lock = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, timeout=30)
        lock.execute("BEGIN IMMEDIATE")
        time.sleep(5)
        lock.execute("ROLLBACK")
        lock.close()
    await_all(sent)
    assert_none_lost_none_doubled(sent)


def test_postgres_restarts_while_results_are_written(postgres, crowd, workers):
    workers()
    sent = crowd("pause 0.05")
    for goal in (5, 20):
        wait_until(lambda goal=goal: finished() >= goal and running(), 60)
        postgres.stop()
        connection.close()
        time.sleep(2)
        postgres.start()
    await_all(sent)
    assert_none_lost_none_doubled(sent)


def test_the_disk_is_full_for_a_while(disk, crowd, workers, said):
    workers(GRADETAPE_VAR=str(disk), **IMPATIENT)
    sent = crowd("pause 0.05")
    wait_until(lambda: finished() >= 5 and running(), 60)
    filling = disk / "filling"
    fill(filling)
    # Redis or the database, whichever needs room first; the other one may go on in the room that it has.
    wait_until(lambda: said("No space left on device") or said("database or disk is full"), 60)
    with suppress(OperationalError):
        sent += crowd("pass", 1)
    time.sleep(3)
    filling.unlink()
    wait_until(redis_has_room)
    # Celery ends where Redis can't write. What it runs under starts it again, as embedded and compose do.
    workers("next", GRADETAPE_VAR=str(disk), **IMPATIENT)
    await_all(sent)
    assert_none_lost_none_doubled(sent, count=len(sent))
    assert Submission.objects.count() == len(sent)
    assert broker.client().ping()


def redis_has_room() -> bool:
    try:
        return bool(broker.client().set("room", "1"))
    except RedisError:
        return False


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as growing:
        for size in (1 << 20, 4096, 512):
            try:
                while True:
                    growing.write(b"\0" * size)
            except OSError:
                continue
