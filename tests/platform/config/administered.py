"""A row of everything that Django's admin lists, made as often as a test wants, each with secrets planted in it."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from interviewing import an_interview, started
from support import MANIFEST, finish

from grader.package import Package
from gradetape.accounts.models import Role, Team, User
from gradetape.api.models import ApiToken
from gradetape.authoring.actions import projects
from gradetape.authoring.models import Project, Proof, Release
from gradetape.catalog.actions import publish
from gradetape.catalog.models import ChallengeVersion
from gradetape.insights.models import CaseReport
from gradetape.interviews.models import Interview, Sitting
from gradetape.regrading.models import Regrade
from gradetape.reviews.models import Override, Review
from gradetape.study.models import GivenUp, Note
from gradetape.submissions import actions, attempts
from gradetape.submissions.models import Kind, Submission
from gradetape.timeline.models import Recording
from gradetape.webhooks.models import Delivery, Try, Webhook

# What no page of the admin may show, in whatever row.
PLANTED = "planted"


def plant(number: int, admin: User) -> Interview:
    """One more of everything. The interview hides the names of its candidates."""
    person, author, interviewer = (
        User.objects.create_user(f"{name}{number}@example.org", "a-long-password", role=role)
        for name, role in (("ana", Role.CANDIDATE), ("avi", Role.AUTHOR), ("ines", Role.INTERVIEWER))
    )
    team = Team.objects.create(name=f"Vision {number}")
    team.members.add(author, interviewer)
    _sign_ins(person, number)
    version = publish(package=_package(f"doubling-{number}"), by=author).version
    _practice(person, author, version)
    _project(number, author, team, version)
    content_type = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=admin, content_type=content_type, object_id=person.pk, object_repr=str(person), action_flag=CHANGE
    )
    return _interview(number, interviewer, team, version)


def _package(slug: str) -> Package:
    files = {
        "challenge.toml": MANIFEST, "statement.md": "Double it.\n", "starter.py": "planted-starter = 1\n",
        "probes.py": "# planted-probe\n", "checks.py": "# planted-check\n", "reference.py": "# planted-reference\n",
    }  # fmt: skip
    return Package(slug, {name: content.encode() for name, content in files.items()})


def _sign_ins(person: User, number: int) -> None:
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    Authenticator.objects.create(user=person, type="totp", data={"secret": "planted-secret"})
    SocialAccount.objects.create(user=person, provider="company", uid=str(number), extra_data={"a": "planted-claims"})
    UserSession.objects.create(
        user=person, ip="192.0.2.1", session_key=f"planted-{number}", user_agent="Firefox", data={"a": "planted-data"}
    )
    ApiToken.objects.create(user=person, name="laptop", digest=f"planted-digest-{number}", hint="gt_ab")


def _graded(person: User, version: ChallengeVersion) -> Submission:
    sent = actions.submit(candidate=person, version=version, source=b"planted_source = 1", kind=Kind.SUBMIT)
    claim = attempts.claim(submission_id=sent.pk, worker="w1@here")
    assert claim
    finish(claim)
    sent.cases.update(hint="planted-hint", message="planted-message")
    return sent


def _practice(person: User, author: User, version: ChallengeVersion) -> None:
    sent = _graded(person, version)
    GivenUp.objects.create(candidate=person, challenge=version.challenge)
    Note.objects.create(candidate=person, challenge=version.challenge, text="planted-note")
    CaseReport.objects.create(
        submission=sent, version=version, case="two", judged={"hint": "planted-hint"}, words="planted-words"
    )
    Regrade.objects.create(
        challenge=version.challenge, kind="shadow", digest=version.digest, engine="e", archive=b"planted-archive",
        against=version, started_by=author,
    )  # fmt: skip


def _project(number: int, author: User, team: Team, version: ChallengeVersion) -> Project:
    contents = _package("piece").files
    project = projects.make(slug=f"piece-{number}", contents=contents, by=author)
    Project.objects.filter(pk=project.pk).update(based_on=version)
    project.teams.add(team)
    made = {"project": project, "digest": version.digest, "engine": "e", "archive": b"planted-archive"}
    proof = Proof.objects.create(kind="quick", started_by=author, **made)
    Release.objects.create(mode="new_only", proposed_by=author, proof=proof, over=version, version=version, **made)
    return project


def _interview(number: int, by: User, team: Team, version: ChallengeVersion) -> Interview:
    interview = an_interview(by, [version.challenge], hides_names=True, instructions="planted-instructions")
    interview.teams.add(team)
    url = "https://hooks.example.org/planted-path"
    webhook = Webhook.objects.create(interview=interview, url=url, salt="planted-salt", events=["sitting.started"])
    _, sitting = started(interview, f"cleo{number}@example.org")
    User.objects.filter(pk=sitting.candidate_id).update(display_name="Cleo the hidden")
    sent = _graded(sitting.candidate, version)
    Review.objects.create(sitting=sitting, reviewer=by, recommendation="strong_no")
    Override.objects.create(submission=sent, case="two", was=1, points=2, reason="planted-reason", by=by)
    Recording.objects.update_or_create(sitting=sitting, defaults={"size": 10})
    delivery = Delivery.objects.create(webhook=webhook, sitting=sitting, event="sitting.started", body="planted-body")
    Try.objects.create(delivery=delivery, milliseconds=5, status=200)
    return interview


def sitting_of(interview: Interview) -> Sitting:
    """The one sitting of a planted interview."""
    return Sitting.objects.get(invitation__interview=interview)
