"""A taken port is passed over; a wished one is not."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded import choose_place
from deploy.exceptions import LaunchError
from deploy.ports import free_port, is_free

HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_port_somebody_listens_on_is_not_free(taken: int) -> None:
    assert not is_free(HOST, taken)


def test_a_taken_port_is_passed_over(taken: int) -> None:
    assert taken < free_port(HOST, taken) < taken + 50


def test_no_free_port_says_how_to_choose_one(taken: int) -> None:
    with pytest.raises(LaunchError, match="PORT="):
        free_port(HOST, taken, tries=1)


def test_a_wished_port_that_is_taken_stops_the_start(
    taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", str(taken))
    with pytest.raises(LaunchError, match=f"Port {taken} .* is taken"):
        choose_place(tmp_path)


@pytest.mark.parametrize("wish", ["http", "0", "65536", "-1"])
def test_a_port_that_is_no_port_is_named(wish: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", wish)
    with pytest.raises(LaunchError, match=f"Received: '{wish}'"):
        choose_place(tmp_path)
