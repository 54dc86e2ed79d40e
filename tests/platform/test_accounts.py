"""Signing up and in, and what a role may do."""

import io

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError
from django.test import Client

from gradetape.accounts.models import Role, User

pytestmark = pytest.mark.django_db
NEW = {"email": "New@Example.org", "password1": "a-very-long-one", "display_name": "  New   Person "}


@pytest.fixture(autouse=True)
def nobody_is_throttled_yet():
    cache.clear()


def test_sign_up_leads_straight_to_the_catalogue():
    client = Client()
    answer = client.post("/accounts/signup/", NEW)
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/challenges/")
    assert client.get("/challenges/").status_code == 200


def test_whoever_signs_up_is_a_candidate_whatever_they_say():
    Client().post("/accounts/signup/", {**NEW, "role": "admin", "is_staff": "1"})
    user = User.objects.get(email="new@example.org")
    assert (user.role, user.display_name, user.is_staff) == (Role.CANDIDATE, "New Person", False)


def test_one_address_has_one_account_however_it_is_written(ana):
    with pytest.raises(IntegrityError):
        User.objects.bulk_create([User(email="ANA@example.org")])


def test_sign_in_takes_the_address_and_the_password(ana):
    client = Client()
    answer = client.post("/accounts/login/", {"login": "Ana@example.org", "password": "a-long-password"})
    assert answer.headers["Location"] == "/dashboard/"


def test_sign_in_makes_a_new_session(ana):
    client = Client()
    client.get("/accounts/login/")
    client.session["seen"] = True
    before = client.session.session_key
    client.post("/accounts/login/", {"login": "ana@example.org", "password": "a-long-password"})
    assert client.session.session_key != before


def test_guessing_passwords_is_slowed_down(ana):
    client = Client()
    for _ in range(5):
        client.post("/accounts/login/", {"login": "ana@example.org", "password": "wrong-password"})
    answer = client.post("/accounts/login/", {"login": "ana@example.org", "password": "a-long-password"})
    assert answer.status_code != 302


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_the_admin_is_closed_to_every_other_role(ana, as_ana, role):
    User.objects.filter(pk=ana.pk).update(role=role)
    assert as_ana.get("/admin/accounts/user/").status_code in {302, 403}


def test_the_admin_opens_for_administrators(ada):
    client = Client()
    client.force_login(ada)
    for page in ("", "accounts/user/", "catalog/challenge/", "submissions/submission/"):
        assert client.get(f"/admin/{page}").status_code == 200


def test_whoever_is_signed_out_is_sent_to_the_sign_in_page():
    for page in ("/challenges/", "/dashboard/", "/challenges/doubling/"):
        assert Client().get(page).headers["Location"].startswith("/accounts/login/?next=")


def test_a_script_that_is_signed_out_is_told_so_in_json():
    answer = Client().post("/challenges/doubling/submissions/", "{}", content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")


def test_the_landing_page_is_open_to_all():
    assert Client().get("/").status_code == 200


def demo(*arguments: str) -> str:
    out = io.StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def password_in(text: str, role: str) -> str:
    return next(line for line in text.splitlines() if f"{role}@" in line).split()[-1]


def test_demo_makes_one_account_for_each_role_and_its_password_works():
    said = demo()
    assert {user.role for user in User.objects.all()} == set(Role)
    login = {"login": "interviewer@demo.gradetape.local", "password": password_in(said, "interviewer")}
    assert Client().post("/accounts/login/", login).status_code == 302


def test_demo_again_keeps_the_passwords_and_prints_none():
    password = password_in(demo(), "author")
    again = demo()
    assert password not in again
    assert "keep their passwords" in again
    assert User.objects.get(email="author@demo.gradetape.local").check_password(password)


def test_demo_reset_makes_new_passwords():
    old = password_in(demo(), "admin")
    new = password_in(demo("--reset"), "admin")
    user = User.objects.get(email="admin@demo.gradetape.local")
    assert user.check_password(new)
    assert not user.check_password(old)
