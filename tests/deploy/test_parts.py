"""Parts end when they are asked to, in their own time; who takes too long is ended."""

import os
import threading
import time
from pathlib import Path

from deploy.parts import Parts

PROMPT = "prompt: touch ready-prompt; exec sleep 60"
SLOW = "slow: trap 'sleep 1; touch finished; exit 0' TERM; touch ready-slow; while :; do sleep 0.05; done"
DEAF = "deaf: trap '' TERM; touch ready-deaf; while :; do sleep 0.05; done"
# Its child is in its process group, as a worker's pool is.
PARENT = "parent: trap 'exit 0' TERM; sh -c 'trap \"touch asked\" TERM; touch ready-parent; sleep 2; sleep 1' & wait"


def start(folder: Path, *lines: str) -> Parts:
    """Parts that have come as far as being able to be asked."""
    (folder / "Procfile").write_text("\n".join(lines) + "\n")
    parts = Parts(folder / "Procfile", dict(os.environ))
    await_that(lambda: len(list(folder.glob("ready-*"))) == len(lines))
    return parts


def await_that(condition) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def never() -> bool:
    return False


def test_what_needs_a_moment_gets_it(tmp_path: Path) -> None:
    parts = start(tmp_path, PROMPT, SLOW)
    assert parts.ended() is None
    assert parts.end(30, never) == []
    assert (tmp_path / "finished").exists()


def test_what_does_not_listen_is_ended_and_named(tmp_path: Path) -> None:
    assert start(tmp_path, PROMPT, DEAF).end(0.5, never) == ["deaf"]


def test_nothing_is_waited_for_when_somebody_is_in_a_hurry(tmp_path: Path) -> None:
    parts, hurry = start(tmp_path, DEAF), threading.Event()
    threading.Timer(0.3, hurry.set).start()
    assert parts.end(600, hurry.is_set) == ["deaf"]


def test_only_the_part_itself_is_asked(tmp_path: Path) -> None:
    assert start(tmp_path, PARENT).end(30, never) == []
    time.sleep(2.5)
    assert not (tmp_path / "asked").exists()


def test_a_part_that_ends_by_itself_is_named(tmp_path: Path) -> None:
    parts = start(tmp_path, "hasty: touch ready-hasty; exit 3")
    await_that(lambda: parts.ended() is not None)
    assert parts.ended() == "hasty (exit code 3)"
