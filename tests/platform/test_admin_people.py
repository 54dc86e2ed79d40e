"""Roles and teams in Django's admin: given there, written down, and never so that nobody is left who gives them."""

import pytest
from administered import plant
from allauth.account.models import EmailAddress
from django.test import Client
from support import signed_in

from gradetape.accounts.models import Role, Team, User
from gradetape.audit.models import AuditEntry
from gradetape.interviews.models import Sitting
from gradetape.submissions.models import Submission

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/admin/accounts/user/"


@pytest.fixture
def as_ada(ada) -> Client:
    return signed_in(ada)


def change(client: Client, user: User, **fields: object):
    """Send the form of somebody, with these fields as they are not now."""
    shown = {"display_name": user.display_name, "role": user.role, "is_active": user.is_active}
    sent = {**shown, "trusted_to_publish": user.trusted_to_publish, **fields}
    sent = {name: value for name, value in sent.items() if value is not False}
    return client.post(f"{LIST}{user.pk}/change/", sent)


def deeds(about: object = None) -> list[tuple[str, object, object]]:
    entries = AuditEntry.objects.filter(about=f"user:{about.pk}") if about else AuditEntry.objects.all()
    return [(entry.action, entry.details.get("was"), entry.details.get("now")) for entry in entries]


def test_a_role_is_given_and_written_down(as_ada, ada, ana):
    assert change(as_ada, ana, role="author", trusted_to_publish="on").status_code == 302
    ana.refresh_from_db()
    assert (ana.role, ana.may_publish, ana.display_name) == ("author", True, "Ana")
    assert set(deeds(ana)) == {("role.changed", "candidate", "author"), ("trust.changed", False, True)}
    assert AuditEntry.objects.first().actor == ada
    page = as_ada.get("/admin/audit/auditentry/").text
    assert f"changed the role of user:{ana.pk} (before: candidate, now: author)" in page


def test_what_is_not_changed_is_not_written_down(as_ada, ana):
    change(as_ada, ana, display_name="Anna")
    assert deeds() == []


def test_the_address_and_the_password_are_not_changed_by_others(as_ada, ana):
    change(as_ada, ana, email="stolen@example.org", password="x")
    ana.refresh_from_db()
    assert ana.email == "ana@example.org"
    assert ana.check_password("a-long-password")
    assert "scrypt" not in as_ada.get(f"{LIST}{ana.pk}/change/").text


@pytest.mark.parametrize("change_to", [{"role": "author"}, {"is_active": False}])
def test_the_last_administrator_stays_one(as_ada, ada, change_to):
    answer = change(as_ada, ada, **change_to)
    assert "only administrator" in answer.text
    ada.refresh_from_db()
    assert ada.is_admin
    assert deeds() == []
    User.objects.create_user("max@example.org", "f-long-password", role=Role.ADMIN)
    assert change(as_ada, ada, **change_to).status_code == 302
    ada.refresh_from_db()
    assert not ada.is_admin


def test_an_administrator_who_is_switched_off_does_not_count(as_ada, ada):
    User.objects.create_user("max@example.org", "f-long-password", role=Role.ADMIN, is_active=False)
    assert "only administrator" in change(as_ada, ada, role="candidate").text


def test_whoever_is_switched_off_is_out_at_once_and_keeps_all(as_ada, ana, as_ana, send):
    send(ana)
    assert as_ana.get("/dashboard/").status_code == 200
    change(as_ada, ana, is_active=False)
    assert as_ana.get("/dashboard/").status_code == 302
    assert Submission.objects.filter(candidate=ana).exists()
    assert deeds(ana) == [("account.switched", True, False)]


def test_an_account_is_made_without_a_password(as_ada):
    sent = {"email": " Nora@Example.org", "display_name": " Nora  N ", "role": "interviewer", "is_active": "on"}
    assert as_ada.post(f"{LIST}add/", sent).status_code == 302
    nora = User.objects.get(email="nora@example.org")
    assert (nora.display_name, nora.role, nora.has_usable_password()) == ("Nora N", "interviewer", False)
    assert EmailAddress.objects.get(user=nora).verified is False
    assert [action for action, _, _ in deeds(nora)] == ["account.made"]
    assert "already" in as_ada.post(f"{LIST}add/", sent).text


def test_deleting_is_what_the_person_could_do(as_ada, ana, send):
    send(ana)
    page = f"{LIST}{ana.pk}/delete/"
    assert "1 submissions" in as_ada.get(page).text
    assert as_ada.post(page, {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=ana.pk).exists()
    assert not Submission.objects.exists()
    assert AuditEntry.objects.get(action="account.deleted").about == f"user:{ana.pk}"


def test_administrators_and_guests_are_not_deleted(as_ada, ada):
    plant(1, ada)
    other = User.objects.create_user("max@example.org", "f-long-password", role=Role.ADMIN)
    for user in (ada, other):
        assert as_ada.post(f"{LIST}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    guest = Sitting.objects.get().candidate
    as_ada.post(f"{LIST}{guest.pk}/delete/", {"post": "yes"})
    change(as_ada, guest, role="admin")
    chosen = {"action": "delete_selected", "_selected_action": [ada.pk, guest.pk], "post": "yes"}
    as_ada.post(LIST, chosen)
    assert User.objects.filter(pk__in=[ada.pk, other.pk, guest.pk]).count() == 3
    guest.refresh_from_db()
    assert guest.role == Role.CANDIDATE


def test_teams_are_made_filled_and_emptied(as_ada, ada, ines, iris):
    made = {"name": "Vision", "people": " Ines@example.org\n\niris@example.org"}
    assert as_ada.post("/admin/accounts/team/add/", made).status_code == 302
    team = Team.objects.get()
    assert set(team.members.all()) == {ines, iris}
    as_ada.post(f"/admin/accounts/team/{team.pk}/change/", {"name": "Sight", "people": "iris@example.org"})
    assert list(team.members.all()) == [iris]
    assert ">iris@example.org</textarea>" in as_ada.get(f"/admin/accounts/team/{team.pk}/change/").text.replace(
        "\n", ""
    )
    entries = AuditEntry.objects.filter(scope=team.scope, actor=ada).order_by("pk")
    assert [(entry.action, entry.about) for entry in entries] == [
        ("team.made", ""), ("team.joined", f"user:{ines.pk}"), ("team.joined", f"user:{iris.pk}"),
        ("team.renamed", ""), ("team.left", f"user:{ines.pk}"),
    ]  # fmt: skip
    assert "already" in as_ada.post("/admin/accounts/team/add/", {"name": "SIGHT"}).text


def test_a_team_that_is_deleted_leaves_what_it_was_on(as_ada, ada):
    interview = plant(1, ada)
    team = Team.objects.get()
    assert "interview “Backend”" in as_ada.get(f"/admin/accounts/team/{team.pk}/change/").text
    assert as_ada.post(f"/admin/accounts/team/{team.pk}/delete/", {"post": "yes"}).status_code == 302
    assert interview.team.count() == 1
    assert not interview.teams.exists()
    assert AuditEntry.objects.get(action="team.deleted").details == {"name": "Vision 1"}


@pytest.mark.parametrize("who", ["nobody@example.org", "guest", "ines@example.org;iris@example.org"])
def test_a_team_is_of_people_with_an_account(as_ada, ada, ines, iris, who):
    plant(1, ada)
    address = Sitting.objects.get().candidate.email if who == "guest" else who
    answer = as_ada.post("/admin/accounts/team/add/", {"name": "Sound", "people": f"ines@example.org\n{address}"})
    assert f"Nobody has: {address}." in answer.text
    assert not Team.objects.filter(name="Sound").exists()
