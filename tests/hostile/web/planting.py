"""Fills the database of a server under attack, in a process of its own: people, a challenge and a graded submission
whose every text is an attack on whoever reads it. Prints what was made as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
import msgspec

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gradetape.settings")
django.setup()

from allauth.account.models import EmailAddress  # noqa: E402 - models need the set-up above
from allauth.mfa.models import Authenticator  # noqa: E402
from allauth.usersessions.models import UserSession  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.utils import timezone  # noqa: E402

from grader.events import CaseFinished, CaseStarted, Output, Started, Timings  # noqa: E402
from grader.model import GradeResult, Outcome, Verdict  # noqa: E402
from grader.package import Package  # noqa: E402
from gradetape.accounts.models import Role, Team, User  # noqa: E402
from gradetape.api.models import Scope  # noqa: E402
from gradetape.api.tokens import make_token  # noqa: E402
from gradetape.authoring.actions import projects  # noqa: E402
from gradetape.authoring.files import package_of  # noqa: E402
from gradetape.authoring.models import Mode, Project, Proof, ProofKind, ProofTrial, Release  # noqa: E402
from gradetape.authoring.proofs import starting  # noqa: E402
from gradetape.catalog.actions import publish  # noqa: E402
from gradetape.catalog.models import ChallengeVersion  # noqa: E402
from gradetape.insights import actions as insights  # noqa: E402
from gradetape.insights.models import CaseReport, ReportOutcome  # noqa: E402
from gradetape.interviews.actions import setup  # noqa: E402
from gradetape.interviews.actions.invite import accept, invite  # noqa: E402
from gradetape.interviews.actions.sit import start, taking  # noqa: E402
from gradetape.interviews.models import Interview, Sitting  # noqa: E402
from gradetape.regrading import rejudge  # noqa: E402
from gradetape.regrading.models import Regrade, RegradedSubmission  # noqa: E402
from gradetape.reviews.actions.points import override  # noqa: E402
from gradetape.reviews.actions.review import finish_review, recommend  # noqa: E402
from gradetape.reviews.actions.rubric import change_rubric  # noqa: E402
from gradetape.reviews.actions.scoring import choose_level, keep_note  # noqa: E402
from gradetape.reviews.actions.typing import keep_comment, keep_words  # noqa: E402
from gradetape.reviews.editions import rubrics_of  # noqa: E402
from gradetape.study.actions import give_up, save_note  # noqa: E402
from gradetape.submissions import actions, attempts  # noqa: E402
from gradetape.submissions.models import Kind, Submission  # noqa: E402
from gradetape.submissions.teller import Teller  # noqa: E402
from gradetape.timeline.batches import Batch  # noqa: E402
from gradetape.timeline.recording import take  # noqa: E402
from gradetape.turntaking.models import Stage  # noqa: E402
from gradetape.webhooks.actions import add as add_webhook  # noqa: E402
from gradetape.webhooks.models import Event  # noqa: E402

MARKUP: dict[str, Any] = tomllib.loads((Path(__file__).parent / "markup.toml").read_text(encoding="utf-8"))
PASSWORD = "quite-a-long-pass-phrase"
NAMES = {
    **dict.fromkeys(("ana", "bob", "cleo", "dora", "eli", "fay"), Role.CANDIDATE),
    "ada": Role.ADMIN,
    "ines": Role.INTERVIEWER,
    "avi": Role.AUTHOR,
}
TIMINGS = Timings(jail_ms=1.0, first_case_ms=2.0, total_ms=3.0, cpu_s=0.1)


def people() -> dict[str, User]:
    made = {}
    for name, role in NAMES.items():
        shown = MARKUP["name"] if name == "ana" else name.title()
        made[name] = User.objects.create_user(f"{name}@example.org", PASSWORD, display_name=shown, role=role)
        EmailAddress.objects.create(user=made[name], email=made[name].email, verified=True, primary=True)
    return made


def package() -> Package:
    """A challenge by an author who is not to be trusted."""
    quoted = {name: json.dumps(value) for name, value in MARKUP.items() if isinstance(value, str)}
    cases = [
        f'[[cases]]\nid = "{case}"\npart = "all"\npoints = {points}\nsample = {sample}\n'
        f"title = {quoted['case_title']}\nhint = {quoted['hint']}\n"
        for case, points, sample in (("seen", 60, "true"), ("unseen", 40, "false"))
    ]
    manifest = (
        f"title = {quoted['title']}\nsummary = {quoted['summary']}\ntopics = [{quoted['topic']}]\n"
        'kind = "coding"\ndifficulty = "easy"\nruntime = "keras3"\nminutes = 10\n'
        '[[contract]]\nname = "double"\nkind = "function"\n'
        f'[[parts]]\nid = "all"\ntitle = {quoted["part_title"]}\n' + "".join(cases)
    )
    files = {
        "challenge.toml": manifest, "statement.md": MARKUP["statement"], "starter.py": MARKUP["starter"],
        "probes.py": "", "checks.py": "", "reference.py": MARKUP["source"], "review.md": guide(),
        "explanation.md": MARKUP["statement"],
        "submissions/rejected/one.py": f"# caught by: seen\n# why: {MARKUP['hint']}\n",
    }  # fmt: skip
    return Package("markup", {name: text.encode() for name, text in files.items()})


def guide() -> str:
    """What the author tells interviewers, the rubric included."""
    levels = " | ".join(MARKUP[name] for name in ("hint", "case_title", "part_title", "title", "summary"))
    head = "| criterion | 0 | 1 | 2 | 3 | 4 |\n| --- | --- | --- | --- | --- | --- |"
    return f"{head}\n| {MARKUP['title']} | {levels} |\n\n{MARKUP['statement']}"


def result(submission: Submission) -> GradeResult:
    """What an engine would hand back, had the candidate's code said the worst in every place it can reach."""
    side = {"shape": MARKUP["message"], "dtype": MARKUP["message"], "text": MARKUP["message"]}
    largest = {"index": MARKUP["message"], "got": MARKUP["message"], "want": 1}
    difference = {"kind": MARKUP["message"], "where": MARKUP["message"], "got": side, "want": side, "largest": largest}
    cases = tuple(
        CaseFinished(
            case=case["id"], part=case["part"], title=case["title"], points=case["points"], earned=0,
            outcome=Outcome.ERROR, sample=case["sample"], seconds=0.1 if case["sample"] else None,
            hint=MARKUP["hint"], message=MARKUP["message"], line=1, difference=difference if case["sample"] else None,
        )
        for case in submission.version.cases
    )  # fmt: skip
    return GradeResult(
        "markup", submission.version.digest, 1, Verdict.WRONG_ANSWER, 0, cases, MARKUP["message"], 1,
        {"stdout": MARKUP["stdout"], "stderr": MARKUP["stdout"]}, TIMINGS,
    )  # fmt: skip


def graded(submission: Submission) -> Submission:
    """Graded as a worker does it, with the events of an engine."""
    claim = attempts.claim(submission_id=submission.pk, worker="planting")
    assert claim
    teller, made = Teller(submission.pk, claim.attempt), result(submission)
    output = Output(stream="stdout", text=MARKUP["stdout"], case="seen")
    started = [CaseStarted(case=case.case) for case in made.cases]
    for event in (Started(), *started, output, *made.cases):
        data = msgspec.to_builtins(event)
        teller.tell(data.pop("type"), data)
    assert attempts.finish(claim=claim, result=made, teller=teller)
    return submission


def belongings(owner: User, keeper: User) -> dict[str, int]:
    """What hangs on an account besides submissions, each with an id of its own; a security key is the keeper's."""
    key = Authenticator.objects.create(user=keeper, type=Authenticator.Type.WEBAUTHN, data={"name": MARKUP["name"]})
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(owner.pk), owner.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.save()
    agent, name = MARKUP["name"], MARKUP["name"][:60]
    seat = UserSession.objects.create(user=owner, ip="192.0.2.1", session_key=session.session_key, user_agent=agent)
    token = make_token(user=owner, name=name, scope=Scope.READ, days=None).token
    return {"key": key.pk, "seat": seat.pk, "token": token.pk}


def proof(project: Project, by: User) -> Proof:
    """A proof that is over, of which every trial went wrong with an attack as its message; the last is a mutant."""
    made = starting.start(project=project, kind=ProofKind.QUICK, by=by)
    change = {"kind": "number", "line": 1, "words": MARKUP["title"]}
    last = made.trials.count()
    facts = {"kind": "mutant", "name": "m1", "seed": 1, "source": MARKUP["stdout"].encode(), "change": change}
    ProofTrial.objects.create(proof=made, position=last, **facts)
    for trial in made.trials.all():
        outcome = Outcome.PASSED if trial.kind in ("mutant", "rejected") else Outcome.JUDGE_ERROR
        seen = {"outcome": outcome, "message": MARKUP["message"], "line": 1}
        tried = {"verdict": Verdict.WRONG_ANSWER, "score": 0, "cpu_s": 0.1, "message": MARKUP["message"]}
        trial.tried, trial.turn = {**tried, "cases": {"seen": seen, "unseen": seen}}, 1
        trial.save()
    measured = {"natural": dict.fromkeys(("seen", "unseen"), MARKUP["message"])}
    Proof.objects.filter(pk=made.pk).update(
        state=Stage.FINISHED, sound=False, turn=1, measured=measured, fault=MARKUP["message"],
        libraries={"tensorflow": MARKUP["name"]},
    )  # fmt: skip
    return made


def interview(by: User, version: ChallengeVersion) -> dict[str, str]:
    """An interview whose every text is an attack, and somebody in the middle of it who has sent something."""
    made = Interview(title=MARKUP["title"], instructions=MARKUP["statement"])
    setup.set_up(interview=made, asked=[setup.Asked(version.challenge, 1)], by=by)
    setup.open_up(interview=made)
    webhook = add_webhook(interview=made, url=f"https://hooks.example.org/{MARKUP['name']}", events=Event.values)
    later = timezone.now() + timedelta(days=1)
    link, free = invite(interview=made, text="cleo@example.net\ngil@example.net", expires_at=later).links
    sitting = accept(invitation=link.invitation, name=MARKUP["name"])
    start(sitting=sitting)
    opened = {"kind": "opened", "sequence": 1, "t": 1, "text": MARKUP["source"]}
    batch = msgspec.convert({"page": str(sitting.pk), "task": "markup", "sent": 1, "entries": [opened]}, Batch)
    with taking(sitting=sitting):
        take(sitting=sitting, task=made.tasks.get(), batch=batch, size=1)
    guest, source = sitting.candidate, MARKUP["source"].encode()
    sent = actions.submit(candidate=guest, version=version, source=source, kind=Kind.SUBMIT)
    ids = {
        "interview": made.pk, "invitation": link.invitation.pk, "sitting": sitting.pk, "handed": graded(sent).pk,
        "webhook": webhook.pk, "delivery": webhook.deliveries.get().pk,
        "seat_link": urlsplit(free.url).path,
    }  # fmt: skip
    return {name: str(pk) for name, pk in ids.items()}


def review(sitting: Sitting, submission: Submission, reviewers: Iterable[User]) -> None:
    """All that a reviewer can write, of people who are done, so that each reads the other's."""
    task = sitting.interview.tasks.get()
    for reviewer in reviewers:
        whose: dict[str, Any] = {"sitting": sitting, "reviewer": reviewer}
        keep_comment(**whose, submission=submission, line=1, text=MARKUP["hint"], revision=0)
        choose_level(**whose, task=task, criterion="c1", level=0, was=None)
        keep_note(**whose, task=task, criterion="c1", text=MARKUP["message"], revision=0)
        for kind in ("summary", "notes"):
            keep_words(**whose, kind=kind, text=MARKUP["statement"], revision=0)
        recommend(**whose, choice="no", was="")
        finish_review(**whose)
        case = submission.cases.get(case="seen" if reviewer.role == Role.ADMIN else "unseen")
        override(sitting=sitting, by=reviewer, submission=submission, case=case, points=1, reason=MARKUP["name"])
    one, *_ = rubrics_of([task])[task.pk].criteria
    change_rubric(task=task, by=reviewer, based_on=0, criteria=[replace(one, weight=2)])


def report(submission: Submission, by: User) -> CaseReport:
    """Two reports on what somebody sent, of which the one on the sample is answered."""
    facts: dict[str, Any] = {"submission_id": submission.pk, "words": MARKUP["statement"], "by": submission.candidate}
    insights.report(case="unseen", **facts)
    made = insights.report(case="seen", **facts)
    insights.answer(report=made, outcome=ReportOutcome.UNCLEAR, words=MARKUP["starter"], by=by)
    return made


def proposal(project: Project, by: User) -> Release:
    """One whose note is an attack, which waits for an answer."""
    package = package_of(project)
    return Release.objects.create(
        project=project, digest=package.digest, engine="an engine", archive=package.archive(),
        note=MARKUP["statement"], mode=Mode.EVERYTHING, proposed_by=by,
    )  # fmt: skip


def regrade(version: ChallengeVersion, submission: Submission, by: User) -> Regrade:
    """One that broke off after it changed what was sent: a case whose name is an attack turned."""
    made = rejudge.start(version, "everything", by)
    RegradedSubmission.objects.create(
        regrade=made, submission=submission, position=0, turn=1, was_verdict=Verdict.ACCEPTED, was_score=100,
        verdict=Verdict.WRONG_ANSWER, score=0, was_cases={MARKUP["case_title"]: "passed"},
        cases={MARKUP["case_title"]: "failed"}, is_changed=True, fault=MARKUP["message"],
    )  # fmt: skip
    Regrade.objects.filter(pk=made.pk).update(state=Stage.INTERRUPTED, fault=MARKUP["message"])
    return made


def team(interview: str, project: Project) -> Team:
    """One that both are shared with, and nobody is in."""
    made = Team.objects.create(name=MARKUP["name"][:60])
    made.interviews.add(interview)
    made.projects.add(project)
    return made


def main() -> None:
    users = people()
    version = publish(package=package()).version

    def send(name: str) -> Submission:
        source = MARKUP["source"].encode()
        return actions.submit(candidate=users[name], version=version, source=source, kind=Kind.SUBMIT)

    actions.save_draft(
        candidate=users["ana"], challenge=version.challenge, source=MARKUP["source"].encode(), revision=0
    )
    save_note(candidate=users["ana"], challenge=version.challenge, text=MARKUP["statement"], revision=0)
    give_up(candidate=users["ana"], challenge=version.challenge)
    project = projects.make(slug="piece", contents=package().files, by=users["avi"])
    facts = {
        "password": PASSWORD,
        "emails": {name: user.email for name, user in users.items()},
        "user": users["ana"].pk,
        "version": version.pk,
        "challenge": version.challenge.pk,
        "graded": str(graded(send("ana")).pk),
        "open": str(send("ana").pk),
        **belongings(users["ana"], users["fay"]),
        **interview(users["ines"], version),
        "project": project.slug,
        "proof": str(proof(project, users["avi"]).pk),
        "published": version.challenge.slug,
    }
    facts["proposal"] = str(proposal(project, users["avi"]).pk)
    facts["regrade"] = str(regrade(version, Submission.objects.get(pk=facts["graded"]), users["ada"]).pk)
    facts["report"] = report(Submission.objects.get(pk=facts["graded"]), users["avi"]).pk
    facts["team"] = team(facts["interview"], project).pk
    sitting, handed = Sitting.objects.get(pk=facts["sitting"]), Submission.objects.get(pk=facts["handed"])
    review(sitting, handed, [users["ada"], users["ines"]])
    sys.stdout.write(json.dumps(facts))


main()
