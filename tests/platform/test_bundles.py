"""Bundles of verdicts: who gets how much, and that what comes out can be graded again."""

import json

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from interviewing import an_interview, started
from interviewing import send as send_in
from planted import SOLUTION, planted
from support import expire, finish, signed_in

from grader.bundles.agreement import differences
from grader.bundles.bundle import Bundle, read
from grader.events import Timings
from grader.libraries import surroundings
from gradetape.accounts.models import Role, User
from gradetape.audit.models import AuditEntry
from gradetape.catalog.actions import publish
from gradetape.submissions import actions, attempts, engines, grading
from gradetape.submissions.models import Kind, Submission

pytestmark = pytest.mark.django_db(transaction=True)
LIBRARIES = {"tensorflow": "2.21.0"}
FINISH = attempts.finish


@pytest.fixture
def graded(send, take, ana) -> Submission:
    return finished(take, send(ana))


@pytest.fixture
def handed_in(ines, version, take):
    """An interview of Ines's, its guest's browser, and what the guest sent."""
    interview = an_interview(ines, [version.challenge])
    client, sitting = started(interview)
    assert send_in(client, sitting).status_code == 201
    return interview, client, finished(take, Submission.objects.get(candidate=sitting.candidate))


def finished(take, submission: Submission) -> Submission:
    assert finish(take(submission), libraries=LIBRARIES, timings=Timings(1.0, 2.0, 98765.4, 43.21))
    submission.refresh_from_db()
    return submission


def asked(user: User, path: str):
    """The answer, and its body to the end."""

    async def ask():
        client = AsyncClient()
        await client.aforce_login(user)
        answer = await client.get(path)
        return answer, b"".join([piece async for piece in answer.streaming_content]) if answer.streaming else b""

    return async_to_sync(ask)()


def downloaded(user: User, path: str) -> Bundle:
    answer, content = asked(user, path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/x-tar")
    return read(content)


def path_of(submission: Submission) -> str:
    return f"/submissions/{submission.pk}/bundle/"


def team_path(interview, submission: Submission) -> str:
    return f"/interviews/{interview.pk}/submissions/{submission.pk}/bundle/"


def test_one_s_own_has_what_one_sent_and_was_told(graded, ana):
    bundle = downloaded(ana, path_of(graded))
    assert (bundle.source, bundle.package) == (b"pass", None)
    record = bundle.record
    assert (record.verdict, record.score, record.challenge, record.number) == ("accepted", 100, "doubling", 1)
    assert [case.outcome for case in record.cases] == ["passed"] * 3
    assert (record.version, record.seed, record.timings) == (None, None, {"jail_ms": 1.0, "first_case_ms": 2.0})
    assert (record.libraries, record.attempt, record.samples_only) == (LIBRARIES, 1, False)


def test_one_s_own_has_nothing_secret_and_leaves_no_trace(graded, ana, version):
    _, content = asked(ana, path_of(graded))
    seeds = [str(seed).encode() for seed in version.archive.seeds]
    for secret in (b"planted-", version.digest.encode(), b"98765", b"43.21", b"@", *seeds):
        assert secret not in content, secret
    assert not AuditEntry.objects.exists()


def test_an_administrator_has_all_of_it_and_that_is_written_down(graded, ada, ana, version):
    bundle = downloaded(ada, path_of(graded))
    assert bundle.package
    assert bundle.package.archive() == bytes(version.archive.data)
    assert (bundle.record.version, bundle.record.seed) == (version.digest, graded.seed)
    assert bundle.record.timings["cpu_s"] == 43.21
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.scope) == (ada, "bundle.made", f"submission:{graded.pk}")
    assert ana.email.encode() not in asked(ada, path_of(graded))[1]


def test_the_team_has_all_of_it_and_that_is_written_down(handed_in, ines, version):
    interview, _, submission = handed_in
    bundle = downloaded(ines, team_path(interview, submission))
    assert bundle.package
    assert bundle.package.digest == version.digest
    entry = AuditEntry.objects.get(action="bundle.made")
    assert (entry.actor, entry.scope, entry.about) == (ines, interview.scope, f"submission:{submission.pk}")


def test_a_candidate_s_name_is_in_no_bundle(handed_in, ines):
    interview, _, submission = handed_in
    _, content = asked(ines, team_path(interview, submission))
    assert b"Cleo" not in content
    assert b"cleo@" not in content


def test_nobody_else_has_any(handed_in, graded, ana, bob, ines, version):
    interview, guest, submission = handed_in
    iris = User.objects.create_user("iris@example.org", "e-long-password", role=Role.INTERVIEWER)
    other = an_interview(iris, [version.challenge])
    for user, path in (
        (bob, path_of(graded)), (ines, path_of(graded)), (ines, path_of(submission)),
        (iris, team_path(interview, submission)), (iris, team_path(other, submission)),
        (ana, team_path(interview, submission)), (ines, team_path(interview, graded)),
    ):  # fmt: skip
        assert asked(user, path)[0].status_code == 404, (user, path)
    for path in (path_of(submission), team_path(interview, submission)):
        assert guest.get(path).status_code in {302, 403, 404}
    assert not AuditEntry.objects.filter(action="bundle.made").exists()


def test_what_has_no_verdict_of_its_own_has_no_bundle(send, take, ana, ada, settings):
    waiting, lost = send(ana), send(ana)
    settings.MAX_ATTEMPTS = 1
    claim = take(lost)
    attempts.give_back(submission_id=lost.pk, attempt=claim.attempt, ending="fault", fault="broken")
    lost.refresh_from_db()
    assert lost.verdict == "judge_error"
    for submission in (waiting, lost):
        assert asked(ada, path_of(submission))[0].status_code == 404


def test_a_run_of_the_samples_says_so(send, take, ana):
    run = finished(take, send(ana, kind=Kind.RUN))
    assert downloaded(ana, path_of(run)).record.samples_only


def test_the_attempt_that_decided_gives_the_libraries(send, take, ana):
    submission = send(ana)
    first = take(submission)
    expire(submission)
    attempts.give_back(submission_id=submission.pk, attempt=first.attempt, ending="lost", fault="")
    submission.refresh_from_db()
    bundle = downloaded(ana, path_of(finished(take, submission)))
    assert (bundle.record.attempt, bundle.record.libraries) == (2, LIBRARIES)
    assert list(submission.attempts.values_list("libraries", flat=True)) == [{}, LIBRARIES]


def test_the_story_is_in_it_as_it_was_told(graded, ana):
    _, content = asked(ana, path_of(graded))
    told = json.loads(signed_in(ana).get(f"/submissions/{graded.pk}/state/").content)["events"]
    for event in told:
        assert json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode() in content


def test_the_same_verdict_is_the_same_bytes(graded, ana):
    assert asked(ana, path_of(graded))[1] == asked(ana, path_of(graded))[1]


def test_pages_lead_to_it_once_there_is_a_verdict(send, graded, ana, ada, handed_in, ines):
    interview, _, submission = handed_in
    page = signed_in(ines).get(f"/interviews/{interview.pk}/submissions/{submission.pk}/")
    assert f'href="{team_path(interview, submission)}"' in page.text
    link = f'href="{path_of(graded)}"'
    assert link in signed_in(ana).get(graded.get_absolute_url()).text
    assert link in signed_in(ada).get(f"/admin/submissions/submission/{graded.pk}/change/").text
    waiting = send(ana)
    for answer in (
        signed_in(ana).get(waiting.get_absolute_url()),
        signed_in(ada).get(f"/admin/submissions/submission/{waiting.pk}/change/"),
    ):
        assert answer.status_code == 200
        assert "/bundle/" not in answer.text


def test_what_was_kept_of_a_real_grading_agrees_with_it(engine, engine_host, ana, monkeypatch):
    """Through rows of the database and back: nothing that is compared gets lost or rounded."""
    engine_host.add("keras3")
    monkeypatch.setattr(engines.Holder, "engine", engine)
    kept = publish(package=planted()).version
    submission = actions.submit(candidate=ana, version=kept, source=SOLUTION.encode(), kind=Kind.SUBMIT)
    claim = attempts.claim(submission_id=submission.pk, worker="here")
    results = []
    monkeypatch.setattr(attempts, "finish", lambda **told: results.append(told["result"]) or FINISH(**told))
    grading.grade(claim)
    record = downloaded(ana, path_of(Submission.objects.get(pk=submission.pk))).record
    assert differences(record, results[0]) == []
    assert record.libraries == surroundings("keras3")
