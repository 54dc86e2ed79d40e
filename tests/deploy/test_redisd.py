"""The embedded Redis, as a real server: a password, the loopback, and writes that outlive a kill."""

import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from deploy.exceptions import LaunchError
from deploy.ports import free_port
from deploy.redisd import HOST, RedisServer


@pytest.fixture
def server(tmp_path: Path) -> RedisServer:
    return RedisServer(tmp_path / "redis", free_port(HOST, 16397), "a-password-for-tests")


@pytest.fixture
def process(server: RedisServer) -> Iterator[subprocess.Popen[bytes]]:
    running = server.start()
    yield running
    running.terminate()
    running.wait(10)


@pytest.mark.usefixtures("process")
def test_it_answers_to_its_password(server: RedisServer) -> None:
    with redis.Redis.from_url(server.url) as client:
        assert client.ping()


@pytest.mark.usefixtures("process")
def test_it_refuses_everybody_else(server: RedisServer) -> None:
    assert not replace(server, password="wrong").answers()
    with redis.Redis(host=HOST, port=server.port) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


@pytest.mark.usefixtures("process")
def test_it_listens_on_the_loopback_only_and_throws_nothing_away(server: RedisServer) -> None:
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        settings = client.config_get("bind", "maxmemory-policy", "appendonly")
    assert settings == {"bind": HOST, "maxmemory-policy": "noeviction", "appendonly": "yes"}


def test_what_was_written_outlives_a_kill(server: RedisServer) -> None:
    running = server.start()
    with redis.Redis.from_url(server.url) as client:
        client.set("kept", "yes")
    running.send_signal(signal.SIGKILL)
    running.wait(10)
    again = server.start()
    with redis.Redis.from_url(server.url) as client:
        assert client.get("kept") == b"yes"
    again.terminate()
    again.wait(10)


def test_its_configuration_is_nobody_elses_to_read(server: RedisServer, process: subprocess.Popen[bytes]) -> None:
    assert process.poll() is None
    assert (server.folder / "redis.conf").stat().st_mode & 0o777 == 0o600
    assert server.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("process")
def test_a_start_that_fails_says_where_to_look(server: RedisServer) -> None:
    with pytest.raises(LaunchError, match=r"redis\.log"):
        replace(server, password="another").start()
