"""Proofs with real processes: a Celery worker and its pool, the sweep, kills; and once with the real engine's jails."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from proving import alma, project, started
from support import start_worker, wait_until

from grader.validation.tolerance import Fit
from gradetape.authoring.actions.projects import make
from gradetape.authoring.models import Proof, ProofKind
from gradetape.authoring.proofs import loading, starting, story
from gradetape.authoring.proofs.measuring import advice_of
from gradetape.submissions.models import Kind, State, Submission
from gradetape.turntaking.models import Stage
from tests.grader.toy import CHECKS
from tests.grader.toy import FILES as TOY

__all__ = ["alma", "project", "started"]
THRICE = "# caught by: scalar\n# why: three times\ndef double(x):\n    return x * 3\n"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(300)]


def await_end(proof: Proof, seconds: float = 120) -> Proof:
    wait_until(lambda: not Proof.objects.get(pk=proof.pk).is_open, seconds)
    return Proof.objects.get(pk=proof.pk)


def made(proof: Proof) -> int:
    return int(story.matrix_of(proof).figures()["made"])


def test_a_worker_makes_a_proof_turn_by_turn(worker, started):
    proof = await_end(started(ProofKind.FULL))
    assert (proof.state, proof.sound) == (Stage.FINISHED, False)
    assert made(proof) == proof.trials.count()
    assert proof.libraries["gradetape"]


def test_a_worker_that_dies_in_a_trial_loses_nothing(worker, started):
    proof = await_end(started(accepted="die once in-a-proof\n"))
    assert proof.state == Stage.FINISHED
    assert made(proof) == proof.trials.count()
    # The turn in which it died was taken again.
    assert proof.turn == proof.trials.count() + 1 + 1 + 1


def test_people_come_between_the_turns(worker, started, send, ana):
    proof = started(ProofKind.FULL, reference="pause 0.3\n")
    wait_until(lambda: made(proof) > 1, 60)
    submission = send(ana, kind=Kind.SUBMIT)
    wait_until(lambda: Submission.objects.get(pk=submission.pk).state == State.FINISHED, 60)
    assert Proof.objects.get(pk=proof.pk).is_open
    assert starting.cancel(proof=proof, by=proof.started_by)


def spinning() -> list[Path]:
    """The processes that keep cores busy beside a trial."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if loading.SPIN.encode() in (folder / "cmdline").read_bytes():
                found.append(folder)
    return found


def test_every_second_seed_is_tried_on_busy_cores_that_are_idle_again_afterwards(worker, started):
    proof = started(ProofKind.FULL, reference="pause 0.5\n")
    loaded = [trial.is_loaded for trial in proof.trials.filter(kind="reference")]
    assert loaded == [False, True] * 8
    wait_until(lambda: len(spinning()) == len(os.sched_getaffinity(0)), 60)
    assert starting.cancel(proof=proof, by=proof.started_by)
    wait_until(lambda: not spinning(), 60)


def test_a_quick_proof_leaves_the_other_cores_alone(started):
    assert not any(trial.is_loaded for trial in started().trials.all())


def test_cores_are_idle_again_when_their_worker_is_killed():
    code = "from gradetape.authoring.proofs.loading import busy_cores\nwith busy_cores():\n    input()"
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, env=os.environ | paths) as worker:
        wait_until(lambda: bool(spinning()), 60)
        worker.kill()
    wait_until(lambda: not spinning(), 60)


def test_a_proof_is_cancelled_in_the_middle_of_a_trial(worker, started, alma):
    proof = started(reference="pause 200\n")
    wait_until(lambda: Proof.objects.get(pk=proof.pk).lease is not None, 60)
    assert starting.cancel(proof=proof, by=alma)
    other = started(reference="pass # and again\n")
    assert await_end(other).state == Stage.FINISHED


def test_in_real_jails_tolerances_are_measured_and_mutants_survive(db, beat, alma):
    shutil.rmtree(settings.ENGINE_RUN_DIR, ignore_errors=True)
    weak = CHECKS + '\n@check("hidden_array")\ndef anything(got, want, secret):\n    return None\n'
    files = {**TOY, "checks.py": weak, "submissions/rejected/thrice.py": THRICE}
    real = make(slug="toy", contents={path: text.encode() for path, text in files.items()}, by=alma)
    worker = start_worker(TESTED_ENGINE="real", WORKER_RUNTIMES="keras3")
    try:
        proof = await_end(starting.start(project=real, kind=ProofKind.FULL, by=alma), 240)
    finally:
        worker.kill_all()
    matrix = story.matrix_of(proof)
    assert proof.state == Stage.FINISHED
    assert str(matrix.rows["rejected/thrice.py"].cell("scalar")) == "failed good"
    assert str(matrix.rows["starter/starter.py"].cell("scalar")) == "error quiet"
    assert {row.total.words for row in matrix.wrong()} <= {"caught", "survives"}
    assert matrix.idle() == ["hidden_array"]
    advice = {one.case: one for one in advice_of(proof, matrix)}
    # Plain Python on NumPy's numbers: nothing of it is Keras, so float64 is never seen.
    assert advice["scalar"].fit == Fit.UNKNOWN
