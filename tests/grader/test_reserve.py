"""What waits in reserve: one process for each place in use, and none for those nobody asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.jail import reserve as module
from grader.jail.identity import Identity
from grader.jail.process import Place
from grader.jail.reserve import PATIENCE, Reserve

IDENTITY = Identity(uid=1, userns=None)
OFTEN, SELDOM = (Place(Path("run"), runtime, "probes", IDENTITY) for runtime in ("keras3", "keras2"))


class Process:
    """Stands for a jailed process that waits."""

    made: list[Process]

    def __init__(self, place: Place) -> None:
        self.place, self.closed = place, False
        self.made.append(self)

    def alive(self) -> bool:
        return not self.closed

    def pids(self) -> set[int]:
        return {id(self)}

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def reserve(monkeypatch):
    monkeypatch.setattr(Process, "made", [], raising=False)
    monkeypatch.setattr(module, "JailedProcess", Process)
    reserve = Reserve()
    yield reserve
    reserve.close()
    assert all(process.closed for process in Process.made)


def settled(reserve: Reserve) -> set[Place]:
    """The places of all that is alive, once the keeper has done what it was told."""
    reserve.pids()
    reserve._keeper.submit(lambda: None).result()
    return {process.place for process in Process.made if process.alive()}


def test_what_others_do_not_need_is_ended_after_a_while(reserve) -> None:
    reserve.refill([SELDOM])
    for _ in range(PATIENCE):
        reserve.refill([OFTEN])
    assert settled(reserve) == {OFTEN, SELDOM}
    reserve.refill([OFTEN])
    assert settled(reserve) == {OFTEN}
    assert len(Process.made) == 2


def test_two_runtimes_in_turn_both_keep_theirs(reserve) -> None:
    for _ in range(PATIENCE * 2):
        reserve.refill([OFTEN])
        reserve.refill([SELDOM])
    assert settled(reserve) == {OFTEN, SELDOM}
    assert len(Process.made) == 2


def test_what_was_given_up_is_made_again_when_it_is_asked_for(reserve) -> None:
    reserve.refill([SELDOM])
    for _ in range(PATIENCE + 1):
        reserve.refill([OFTEN])
    process = reserve.take(SELDOM)
    assert process.alive()
    process.close()
