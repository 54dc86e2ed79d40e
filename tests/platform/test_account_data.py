"""What is kept of somebody: handed out whole, and gone when they go."""

import io
import json
import zipfile

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.test import AsyncClient, Client
from support import finish

from gradetape import broker
from gradetape.accounts.exceptions import LastAdministrator
from gradetape.accounts.export import CONTENT, FACTS, files
from gradetape.accounts.leaving import delete_account
from gradetape.accounts.models import Role, Team, User
from gradetape.accounts.packing import packed
from gradetape.api.models import ApiToken, Scope
from gradetape.api.tokens import make_token
from gradetape.study.models import GivenUp, Note
from gradetape.submissions import actions
from gradetape.submissions.models import Draft, Submission
from gradetape.submissions.story import stream_key

pytestmark = pytest.mark.django_db(transaction=True)
# What hangs on a person and is not theirs to take along.
NOT_EXPORTED = {
    "accounts.Team": "all its members'; the names of one's own are in the export",
    "admin.LogEntry": "what administrators did; the record is the site's",
    "authoring.FileVersion": "the project's; the name alone says who saved it",
    "authoring.Project": "its authors', not one person's",
    "authoring.Proof": "the project's; the name alone says who started it",
    "authoring.ProjectFile": "the project's; the name alone says who saved it",
    "authoring.Release": "the project's; the names alone say who proposed and who decided",
    "catalog.ChallengeVersion": "everybody's; the name alone says who published it",
    "audit.AuditEntry": "who looked at whose work is kept for the teams, and tells of other people",
    "interviews.Interview": "the team's, not one person's",
    "interviews.Sitting": "hangs on a guest, who has no account to export; it is the interview's",
    "regrading.Regrade": "the challenge's; the name alone says who started it",
    "reviews.Review": "the team's, and it tells of a candidate",
}


@pytest.fixture(autouse=True)
def nobody_is_throttled_yet():
    cache.clear()


@pytest.fixture
def full(ana, version, send, take) -> User:
    """Ana, with a row of everything."""
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    Authenticator.objects.create(user=ana, type="totp", data={"secret": "hidden-secret-of-totp"})
    SocialAccount.objects.create(user=ana, provider="company", uid="7")
    UserSession.objects.create(user=ana, ip="192.0.2.1", session_key="hidden-session-key", user_agent="Firefox")
    make_token(user=ana, name="laptop", scope=Scope.READ, days=None)
    challenge = version.challenge
    actions.save_draft(candidate=ana, challenge=challenge, source=b"first = 1\n", revision=0)
    actions.save_snippet(candidate=ana, challenge=challenge, source=b"print(1)\n", revision=0)
    Note.objects.create(candidate=ana, challenge=challenge, text="Remember: twice.")
    GivenUp.objects.create(candidate=ana, challenge=challenge)
    finish(take(send(ana, "x = '\xe4'")))
    ana.teams.add(Team.objects.create(name="Vision"))
    return ana


def unpacked(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_export_holds_all_that_somebody_made(full):
    found = unpacked(b"".join(packed(files(full))))
    account = json.loads(found["account.json"])
    assert (account["email"], account["api_tokens"][0]["name"]) == ("ana@example.org", "laptop")
    assert account["sessions"][0]["user_agent"] == "Firefox"
    assert account["teams"] == ["Vision"]
    assert found["challenges/doubling/solution.py"] == "first = 1\n"
    assert found["challenges/doubling/snippet.py"] == "print(1)\n"
    assert found["challenges/doubling/notes.md"] == "Remember: twice."
    assert json.loads(found["challenges/doubling/standing.json"])["state"] == "solved"
    sent = next(name for name in found if name.endswith("submission.json"))
    assert json.loads(found[sent])["verdict"] == "accepted"
    assert len(json.loads(found[sent])["cases"]) == 3
    assert found[sent.replace("submission.json", "solution.py")] == "x = '\xe4'"


def test_the_export_tells_no_secret(full, version):
    content = "".join(unpacked(b"".join(packed(files(full)))).values())
    token = ApiToken.objects.get()
    seed = str(Submission.objects.get().seed)
    for secret in ("planted-", "hidden-", full.password, token.digest, seed):
        assert secret not in content


def test_the_export_is_of_one_person_only(full, bob, send):
    send(bob, "bob_was_here = 1")
    actions.save_draft(
        candidate=bob, challenge=Submission.objects.first().challenge, source=b"bob_was_here", revision=0
    )
    assert "bob_was_here" not in "".join(unpacked(b"".join(packed(files(full)))).values())


def test_the_export_of_somebody_new_is_small_and_whole(bob):
    assert set(unpacked(b"".join(packed(files(bob))))) == {"README.txt", "account.json"}


def test_every_row_that_hangs_on_a_person_is_exported_or_says_why_not():
    hanging = {relation.related_model._meta.label: relation.related_model for relation in User._meta.related_objects}
    exported = {model._meta.label for model in FACTS}
    assert set(hanging) - set(NOT_EXPORTED) <= exported, "add it to accounts/export.py, or say here why not"
    assert len(CONTENT) == 4


async def test_the_export_is_sent_as_it_is_made(full, as_ana):
    client = AsyncClient()
    client.cookies = as_ana.cookies
    answer = await client.post("/accounts/data/export/")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="gradetape-')
    content = b"".join([piece async for piece in answer.streaming_content])
    assert "account.json" in await sync_to_async(unpacked)(content)
    again = await client.post("/accounts/data/export/")
    assert again.status_code == 302


def test_many_submissions_are_read_a_few_at_a_time(ana, version, django_assert_max_num_queries):
    Submission.objects.bulk_create(
        Submission(candidate=ana, version=version, kind="submit", source=b"pass", seed=1) for _ in range(120)
    )
    with django_assert_max_num_queries(25):
        assert len(list(files(ana))) == 2 + 2 * 120


@pytest.fixture
def browser(full) -> Client:
    """Ana, who signed in just now."""
    Authenticator.objects.all().delete()
    client = Client()
    client.post("/accounts/login/", {"login": full.email, "password": "a-long-password"})
    return client


def test_an_account_goes_with_all_that_is_its_own(browser, full, bob, send, take):
    theirs = send(bob)
    open_one = send(full)
    answer = browser.post("/accounts/data/delete/", {"email": "Ana@example.org"}, follow=True)
    assert "has been deleted" in answer.text
    assert not User.objects.filter(pk=full.pk).exists()
    for model in FACTS:
        fields = {one.name for one in model._meta.fields}
        field = "candidate" if "candidate" in fields else "user" if "user" in fields else "submission__candidate"
        if model is not User:
            assert not model._default_manager.filter(**{field: full.pk}).exists(), model
    assert list(Submission.objects.all()) == [theirs]
    assert browser.get("/dashboard/").status_code == 302
    assert not broker.client().exists(stream_key(open_one.pk))


def test_deleting_asks_for_the_address(browser, full):
    answer = browser.post("/accounts/data/delete/", {"email": "bob@example.org"})
    assert answer.status_code == 422
    assert "This account’s address" in answer.text or "This account&#x27;s address" in answer.text
    assert User.objects.filter(pk=full.pk).exists()


def test_whoever_was_being_graded_leaves_nothing_behind(full, send, take):
    claim = take(send(full))
    delete_account(user=full)
    assert not finish(claim)
    assert not Submission.objects.exists()


def test_the_last_administrator_stays(ada, ana):
    with pytest.raises(LastAdministrator):
        delete_account(user=ada)
    User.objects.filter(pk=ana.pk).update(role=Role.ADMIN)
    delete_account(user=ada)
    assert not User.objects.filter(pk=ada.pk).exists()


def test_one_s_draft_of_a_challenge_leaves_others_alone(full, bob, version):
    actions.save_draft(candidate=bob, challenge=version.challenge, source=b"mine", revision=0)
    delete_account(user=full)
    assert [draft.candidate for draft in Draft.objects.all()] == [bob]
