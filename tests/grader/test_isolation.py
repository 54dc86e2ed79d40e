"""Who knows whom, and whether the jail keeps its promises on this host, for root and for an ordinary user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.doctor import examination, promises
from grader.doctor.examination import Examination
from grader.jail import process
from grader.jail.process import JailedProcess
from grader.model import GradeRequest, Verdict
from grader.package import REPOSITORY
from tests.grader.toy import toy

ORDINARY = 40_123


def test_every_promise_of_the_jail_holds_here(engine) -> None:
    findings = list(Examination(engine).findings())
    assert [(finding.promise, finding.seen) for finding in findings if not finding.holds] == []
    assert len(findings) > 24


@pytest.mark.parametrize(
    "source",
    [
        "import os\nwhile True:\n    os.write(1, b'x' * 65536)\n",
        "import os\nos._exit(1)\n",
        "import os\nos.kill(os.getpid(), 9)\n",
    ],
)
def test_a_slow_worker_blames_the_candidate_for_what_the_candidate_did(engine, monkeypatch, source: str) -> None:
    receive = JailedProcess.receive

    def late(jailed: JailedProcess, seconds: float) -> object:
        time.sleep(0.5)  # by now it has said that it is ready, and all of the rest has happened
        return receive(jailed, seconds)

    monkeypatch.setattr(JailedProcess, "receive", late)
    monkeypatch.setattr(process, "MAX_OUTPUT", 1000)
    verdict = engine.grade(GradeRequest(toy(), source.encode(), 5)).verdict
    assert verdict in (Verdict.OUTPUT_LIMIT, Verdict.RUNTIME_ERROR)


@pytest.mark.parametrize(
    "answer",
    [
        {"mount": "allowed"},
        {"mount": "got as far as EFAULT"},
        {"ended": "crashed: Ended: the process was ended by SIGSEGV."},
    ],
)
def test_the_doctor_believes_refusals_only(answer: dict[str, str]) -> None:
    assert promises.all_refused({"bpf": "refused: EPERM"})[0]
    assert not promises.all_refused({"bpf": "refused: EPERM", **answer})[0]


def test_a_broken_promise_names_its_mend(engine, monkeypatch) -> None:
    broken = ("nothing is promised", "no such probe", promises.all_refused, "Do this.")
    monkeypatch.setattr(examination, "PROMISES", (broken,))
    monkeypatch.setattr(examination, "_LIMITS", ())
    ill = [finding for finding in Examination(engine).findings() if not finding.holds]
    assert [(finding.promise, finding.mend) for finding in ill] == [("nothing is promised", "Do this.")]


@pytest.mark.parametrize(
    "module",
    ["grader.engine", "grader.host", "grader.validation.trying", "grader.cli.app", "grader.doctor.examination"],
)
def test_the_workers_side_imports_neither_tensorflow_nor_numpy(module: str) -> None:
    unwanted = {"tensorflow", "keras", "numpy", "django", "celery"}
    script = f"import sys, {module}; print(sorted({unwanted} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("initialised", "thread", "said"),
    [
        (False, False, "fit to fork"),
        (False, True, "expected one thread before a fork, received 2"),
        (True, False, "expected an uninitialised eager context"),
    ],
)
def test_a_zygote_that_could_hand_on_a_broken_runtime_does_not_fork(initialised: bool, thread: bool, said: str) -> None:
    script = f"""
import sys, threading, time
from types import SimpleNamespace
from grader.zygote import preload
context = SimpleNamespace(context_safe=lambda: SimpleNamespace(_initialized={initialised}))
sys.modules["tensorflow.python.eager.context"] = context
if {thread}:
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
try:
    preload.assert_forkable()
    print("fit to fork")
except preload.NotForkable as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert said in done.stdout


def as_ordinary_user(*command: str, home: Path) -> subprocess.CompletedProcess[str]:
    wrapped = command
    if os.geteuid() == 0:
        wrapped = (
            "setpriv",
            f"--reuid={ORDINARY}",
            f"--regid={ORDINARY}",
            "--clear-groups",
            "--inh-caps=-all",
            *command,
        )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GRADETAPE_CACHE": str(home / "cache"),
        "TMPDIR": str(home),
    }
    return subprocess.run(
        wrapped, cwd=home / "copy", env=environment, capture_output=True, text=True, timeout=200, check=False
    )


@pytest.fixture
def home() -> Path:
    """A home for an ordinary user with a copy of what the engine needs: the checkout itself may lie in root's home."""
    folder = Path("/tmp") / f"gradetape-ordinary-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("grader", "challenges", "reference", "tests"):
        shutil.copytree(REPOSITORY / name, folder / "copy" / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "copy" / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, ORDINARY, ORDINARY)
    yield folder
    shutil.rmtree(folder)


def readable_by_others(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in (path, *path.parents))


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="the whole suite runs as an ordinary user already")
needs_open_environment = pytest.mark.skipif(
    not (readable_by_others(Path(sys.prefix)) and readable_by_others(Path(sys.base_prefix))),
    reason="the environment lies in a folder that other users may not enter",
)


@needs_root
@needs_open_environment
def test_an_ordinary_user_can_grade_too(home) -> None:
    solution = home / "copy" / "reference" / "custom_layer.py"
    done = as_ordinary_user(
        sys.executable, "-m", "grader", "grade", "custom-layer", str(solution), "--samples", "--json", home=home
    )
    assert '"verdict":"accepted"' in done.stdout, done.stderr


@needs_root
@needs_open_environment
def test_every_promise_holds_for_an_ordinary_user_without_a_cgroup(home) -> None:
    done = as_ordinary_user(sys.executable, "-m", "grader", "doctor", home=home)
    assert "every promise holds" in done.stdout, done.stdout + done.stderr
    assert "by the watchdog" in done.stdout


@needs_root
@needs_open_environment
def test_what_would_be_easier_as_the_workers_own_user_is_held_too(home) -> None:
    chosen = "signals-to or root-of-other or links-out or other-pids or memory-given-back"
    command = ("-m", "pytest", "-q", "tests/hostile/test_hostile.py", "-k", chosen, "-p", "no:cacheprovider")
    done = as_ordinary_user(sys.executable, *command, home=home)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "7 passed" in done.stdout
