"""Proofs: made in turns by workers, never in people's way, and lost by nobody's death."""

from datetime import timedelta

import pytest
from django.utils import timezone
from proving import MISSED, alma, engine, expire, project, started, step, to_the_end
from support import wait_until

from grader.exceptions import PackageError
from grader.package import Package
from gradetape import broker
from gradetape.authoring.files import write
from gradetape.authoring.models import Proof, ProofKind
from gradetape.authoring.proofs import mutating, starting, story, work
from gradetape.authoring.proofs.judging import problems_of, uncaught_of
from gradetape.authoring.proofs.matrix import Matrix
from gradetape.authoring.proofs.turns import PROOFS
from gradetape.submissions.story import BEGINNING, EventId
from gradetape.turntaking.models import Stage
from gradetape.turntaking.turns import DIED

__all__ = ["alma", "engine", "project", "started"]
pytestmark = pytest.mark.django_db(transaction=True)


def matrix(proof: Proof) -> Matrix:
    return story.matrix_of(proof)


def words(proof: Proof) -> str:
    return " | ".join(problem.words for problem in problems_of(proof, matrix(proof)))


def test_a_proof_tries_every_solution_in_turns(started):
    proof = to_the_end(started())
    assert proof.state == Stage.FINISHED
    assert list(matrix(proof).rows) == [
        "reference/reference.py", "starter/starter.py", "accepted/right.py", "rejected/caught.py",
    ]  # fmt: skip
    assert str(matrix(proof).rows["rejected/caught.py"].cell("three")) == "failed good"
    assert str(matrix(proof).rows["rejected/caught.py"].cell("two")) == "unasked quiet"
    # Five trials, the tolerances, the end.
    assert proof.turn == 5 + 1 + 1
    assert matrix(proof).figures()["kill"] == 100
    assert proof.libraries["gradetape"]


def test_what_makes_a_package_unsound_is_said_with_its_place(started):
    proof = to_the_end(started(accepted="fail three\n", rejected=MISSED))
    assert proof.sound is False
    placed = {problem.words.partition(":")[0]: problem for problem in problems_of(proof, matrix(proof))}
    assert placed["accepted/right.py"].path == "submissions/accepted/right.py"
    other = placed["rejected/other.py"]
    assert (other.path, other.line) == ("submissions/rejected/other.py", 1)
    assert "at least 8 rejected" in words(proof)
    (uncaught,) = uncaught_of(proof, matrix(proof))
    assert uncaught.why == "nobody looks at seven"
    assert "Write a case that shows why it is wrong (nobody looks at seven)" in uncaught.advice


def test_a_case_that_catches_an_uncaught_one_is_named(started):
    proof = to_the_end(started(ProofKind.FULL, rejected="# caught by: two\nfail three\n"))
    (uncaught,) = uncaught_of(proof, matrix(proof))
    assert "three fails it" in uncaught.advice
    assert str(matrix(proof).rows["rejected/other.py"].cell("two")) == "passed bad"
    assert matrix(proof).rows["rejected/other.py"].total.words == "not caught"


def test_a_case_that_separates_nothing_is_found_in_a_full_proof_only(started):
    quick = to_the_end(started())
    assert matrix(quick).idle() == []
    full = to_the_end(started(ProofKind.FULL))
    assert matrix(full).idle() == ["two", "nothing"]
    assert matrix(full).column("three").words == "1 of 1"


def test_while_people_wait_no_turn_begins(started, send, ana, take):
    proof = started()
    submission = send(ana)
    assert not step(proof)
    assert Proof.objects.get(pk=proof.pk).turn == 0
    take(submission)
    assert step(proof)


def test_the_sweeper_leaves_a_proof_alone_while_people_wait(started, send, ana, take):
    proof = started()
    submission = send(ana)
    broker.client().delete(PROOFS.queue)
    Proof.objects.filter(pk=proof.pk).update(rung_at=timezone.now() - timedelta(minutes=1))
    assert PROOFS.sweep() == (0, 0)
    take(submission)
    assert PROOFS.sweep() == (0, 1)
    assert broker.client().llen(PROOFS.queue) == 1


def test_the_turn_of_a_dead_worker_is_taken_again(started):
    proof = started()
    step(proof)
    assert PROOFS.claim(job_id=proof.pk, worker="dead@there")
    assert not step(proof), "somebody has it"
    expire(proof)
    assert PROOFS.sweep()[0] == 1
    assert matrix(proof).figures()["made"] == 1
    done = to_the_end(proof)
    assert (done.state, matrix(done).figures()["made"]) == (Stage.FINISHED, 5)


def test_a_turn_that_breaks_down_three_times_is_said(started):
    proof = started()
    for _ in range(3):
        assert PROOFS.claim(job_id=proof.pk, worker="dead@there")
        expire(proof)
        PROOFS.sweep()
    proof.refresh_from_db()
    assert (proof.state, proof.fault) == (Stage.INTERRUPTED, DIED)
    assert not step(proof)


def test_whoever_lost_a_turn_writes_nothing(started):
    proof = started()
    lost = PROOFS.claim(job_id=proof.pk, worker="slow@there")
    expire(proof)
    PROOFS.sweep()
    PROOFS.take(lost, work.step)
    assert matrix(proof).figures()["made"] == 0
    assert not PROOFS.keep(turn=lost)


def test_a_proof_is_cancelled_within_a_trial(started, alma):
    proof = started(reference="pause 30\n")
    turn = PROOFS.claim(job_id=proof.pk, worker="w1@here")
    assert starting.cancel(proof=proof, by=alma)
    PROOFS.take(turn, work.step)
    proof.refresh_from_db()
    assert (proof.state, matrix(proof).figures()["made"]) == (Stage.CANCELLED, 0)
    assert not starting.cancel(proof=proof, by=alma)


def test_one_proof_at_a_time(started):
    started()
    with pytest.raises(starting.AlreadyProving):
        started(ProofKind.FULL)


def test_an_unchanged_package_costs_nothing(started):
    proof = to_the_end(started(ProofKind.FULL))
    assert started(ProofKind.FULL) == proof
    assert started(ProofKind.QUICK) == proof
    assert started(ProofKind.QUICK, again=True) != proof
    assert starting.cancel(proof=Proof.objects.open().get(), by=proof.started_by)
    assert started(ProofKind.FULL, reference="pass # changed\n") != proof


def test_a_package_that_is_none_is_not_tried(project, alma, started):
    with pytest.raises(starting.NotToBeProved, match="caught by"):
        started(rejected="def double(x): ...\n")
    toml = project.files.get(path="challenge.toml")
    write(project=project, path="challenge.toml", content=b"title = 3", by=alma, revision=toml.revision)
    with pytest.raises(PackageError):
        starting.start(project=project, kind=ProofKind.QUICK, by=alma)
    assert not Proof.objects.exists()


def test_what_is_tried_is_the_package_as_it_was(started, project, alma):
    proof = started()
    file = project.files.get(path="submissions/rejected/caught.py")
    write(project=project, path=file.path, content=MISSED.encode(), by=alma, revision=file.revision)
    assert matrix(to_the_end(proof)).figures()["caught"] == 1
    assert isinstance(proof.package, Package)


def test_the_story_goes_on_where_a_page_left_it(started):
    proof = started()
    step(proof)
    proof.refresh_from_db()
    at = EventId.parse(story.position_of(proof))
    assert story.look(proof.pk, at).events == []
    turn = PROOFS.claim(job_id=proof.pk, worker="w1@here")
    story.Teller(turn.job).tell(story.STARTED, {"row": "reference/reference.py", "cases": ["two"]})
    assert [event.type for event in story.look(proof.pk, at).events] == [story.STARTED]
    assert [event.type for event in story.look(proof.pk, BEGINNING).events] == [story.BOARD, story.STARTED]
    PROOFS.take(turn, work.step)
    newest = story.look(proof.pk, at).events
    assert newest[-1].type == story.BOARD
    assert newest[-1].values()["rows"]["reference/reference.py"]["cells"]["two"] == "passed good"


def test_without_redis_a_proof_goes_on_and_its_story_is_in_the_database(started, redis_process):
    proof = started()
    redis_process.stop()
    try:
        assert to_the_end(proof).state == Stage.FINISHED
        (board,) = story.look(proof.pk, BEGINNING).events
    finally:
        redis_process.start()
    assert board.values()["figures"]["made"] == 5


def test_only_the_newest_proofs_are_kept(started, monkeypatch):
    monkeypatch.setattr(starting, "KEPT", 2)
    for index in range(4):
        proof = started(reference=f"pass # {index}\n")
        starting.cancel(proof=proof, by=proof.started_by)
    assert Proof.objects.count() == 2
    wait_until(lambda: not Proof.objects.open().exists())


def test_mutants_that_nothing_notices_stand_out_and_can_be_adopted(started, alma, project):
    proof = to_the_end(started(ProofKind.FULL, reference="first = 1\nsecond = first + 2\n"))
    survivors = [one for one in uncaught_of(proof, matrix(proof)) if one.row.kind == "mutant"]
    assert survivors
    assert proof.turn >= len(survivors)
    one = survivors[0]
    assert one.row.total.words == "survives"
    assert {line.kind for line in one.changes} >= {"gone", "new"}
    trial = proof.trials.get(position=one.position)
    path = mutating.adopt(proof=proof, trial=trial, by=alma)
    text = project.files.get(path=path).text
    assert text.startswith(f"# caught by: \n# why: {one.why}\n")
    assert text.endswith(bytes(trial.source).decode())
    assert path == one.path == mutating.adopt(proof=proof, trial=trial, by=alma)
    with pytest.raises(starting.NotToBeProved, match="caught by"):
        starting.start(project=project, kind=ProofKind.QUICK, by=alma)


def test_a_mutant_is_tried_until_something_catches_it(started):
    proof = started(ProofKind.FULL, reference="x = 1\nfail = 'three'\n")
    mutant = proof.trials.filter(kind="mutant").first()
    proof.trials.filter(pk=mutant.pk).update(source=b"fail two\npause 0.1\n")
    proof.trials.filter(kind="mutant").exclude(pk=mutant.pk).delete()
    row = matrix(to_the_end(proof)).rows[mutant.key]
    assert (str(row.cell("two")), str(row.cell("three"))) == ("failed good", "unasked quiet")
    assert row.total.words == "caught"
    assert matrix(proof).idle() == ["nothing"]
