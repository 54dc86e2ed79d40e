"""Links: who gets one, whom it lets in, and when it lets nobody in."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from interviewing import enter, link_for, path_of, started
from support import signed_in

from gradetape.accounts.models import Role, User
from gradetape.interviews.actions import invite as inviting
from gradetape.interviews.actions import setup
from gradetape.interviews.exceptions import LinkOfNoUse
from gradetape.interviews.guests import is_guest
from gradetape.interviews.models import Interview, Invitation, Sitting
from gradetape.interviews.people import read

pytestmark = pytest.mark.django_db(transaction=True)


def post_list(ines: User, interview: Interview, people: str, **changes: str):
    form = {"people": people, "days": "7", "mail": "on", **changes}
    return signed_in(ines).post(f"/interviews/{interview.pk}/invite/", form)


@pytest.mark.parametrize(
    ("line", "person"),
    [
        ("Ana <ANA@example.org>", ("Ana", "ana@example.org")),
        ("  bob@example.org ,", ("", "bob@example.org")),
        ('"Cleo  de Vries" <cleo@example.org>;', ("Cleo de Vries", "cleo@example.org")),
        ("<dora@example.org>", ("", "dora@example.org")),
    ],
)
def test_a_line_names_a_person(line, person):
    people, bad = read(f"\n{line}\n\n")
    assert [(one.line, one.name, one.email) for one in people] == [(2, *person)]
    assert not bad


@pytest.mark.parametrize(
    "line",
    ["Ana", "ana@", "Ana <>", "a@example.org b@example.org", "A <a@example.org> B", f"{'x' * 81} <a@example.org>"],
)
def test_a_bad_line_is_named(line):
    people, bad = read(f"ok@example.org\n{line}")
    assert [one.email for one in people] == ["ok@example.org"]
    assert [(one.line, one.text) for one in bad] == [(2, line)]


def test_a_list_invites_everybody_it_can_and_keeps_the_rest(ines, interview):
    link_for(interview, "known@example.org")
    answer = post_list(
        ines, interview, "Ana <ana@example.org>\nnonsense\nana@example.org\nknown@example.org\nbob@example.org"
    )
    assert [link.invitation.email for link in answer.context["links"]] == ["ana@example.org", "bob@example.org"]
    assert [line.line for line in answer.context["bad"]] == [2, 3, 4]
    assert answer.context["form"]["people"].value().splitlines() == ["nonsense", "ana@example.org", "known@example.org"]
    assert [message.to for message in mail.outbox] == [["ana@example.org"], ["bob@example.org"]]
    for link, message in zip(answer.context["links"], mail.outbox, strict=True):
        assert link.url in message.body
        assert link.url in answer.text


def test_a_link_is_shown_once_and_kept_as_a_digest(ines, interview):
    link = post_list(ines, interview, "ana@example.org").context["links"][0]
    secret = link.url.rsplit("/", 2)[1].partition(".")[0]
    assert secret not in signed_in(ines).get(interview.get_absolute_url()).text
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert secret not in str(cursor.fetchall()), table


def test_mail_that_can_not_be_sent_is_named(ines, interview, monkeypatch):
    def refuse(*_: object) -> int:
        raise OSError("no route")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    answer = post_list(ines, interview, "ana@example.org")
    assert [link.invitation.email for link in answer.context["unsent"]] == ["ana@example.org"]
    assert "could not be sent" in answer.text
    assert Invitation.objects.get().mailed_at is None


def test_only_an_open_interview_invites(ines, interview):
    setup.archive(interview=interview)
    post_list(ines, interview, "ana@example.org")
    assert not Invitation.objects.exists()


def test_whoever_accepts_is_a_guest_of_one_sitting(interview):
    client, sitting = enter(link_for(interview), name="  Cleo  Blue ")
    assert sitting.candidate.display_name == "Cleo Blue"
    assert is_guest(sitting.candidate)
    assert not sitting.candidate.has_usable_password()
    assert client.session.get_expiry_age() > 80 * 24 * 3600
    assert client.get(sitting.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("form", [{"name": "Cleo"}, {"consent": "on"}, {"name": "  ", "consent": "on"}])
def test_nobody_comes_in_without_name_and_consent(interview, form):
    assert Client().post(link_for(interview), form).status_code == 400
    assert not Sitting.objects.exists()


def test_looking_at_a_link_uses_nothing_up(interview):
    link = link_for(interview)
    for _ in range(3):
        assert Client().get(link).status_code == 200
    enter(link)


def test_a_link_lets_in_the_first_browser_alone(interview):
    link = link_for(interview)
    client, sitting = enter(link)
    assert client.get(link).url == sitting.get_absolute_url()
    other = Client()
    assert other.get(link).status_code == 410
    assert other.post(link, {"name": "Mallory", "consent": "on"}).status_code == 410
    assert other.get(sitting.get_absolute_url()).status_code == 302
    assert Sitting.objects.count() == 1


def test_of_two_who_accept_at_once_one_is_let_in(interview):
    """Both had looked before either accepted."""
    link_for(interview)
    first, second = Invitation.objects.get(), Invitation.objects.get()
    inviting.accept(invitation=first, name="Cleo")
    with pytest.raises(LinkOfNoUse):
        inviting.accept(invitation=second, name="Mallory")
    assert User.objects.filter(display_name="Mallory").count() == 0


def test_an_altered_link_looks_nothing_up(interview, django_assert_num_queries):
    link = link_for(interview)
    for altered in (link[:-2] + "x/", link.replace(".", "x", 1), "/invitation/nothing/", f"/invitation/{'x' * 3000}/"):
        with django_assert_num_queries(0):
            assert Client().get(altered).status_code == 410, altered


def test_another_key_signs_other_links(interview, settings):
    link = link_for(interview)
    settings.SECRET_KEY = "another-key-of-this-installation-0123456789"
    assert Client().get(link).status_code == 410


@pytest.mark.parametrize("change", ["expires_at", "revoked_at"])
def test_a_link_ends(interview, change):
    link = link_for(interview)
    Invitation.objects.update(**{change: timezone.now() - timedelta(seconds=1)})
    assert Client().get(link).status_code == 410
    assert Client().post(link, {"name": "Cleo", "consent": "on"}).status_code == 410


def test_a_new_link_revokes_the_old_one(ines, interview):
    old = link_for(interview)
    answer = signed_in(ines).post(f"/interviews/invitations/{Invitation.objects.get().pk}/link/", {"mail": "1"})
    new = path_of(answer.context["links"][0].url)
    assert Client().get(old).status_code == 410
    assert new in mail.outbox[0].body
    enter(new)


def test_a_new_link_moves_a_sitting_to_another_browser(ines, interview):
    first, sitting = started(interview)
    link = inviting.renew(invitation=sitting.invitation, expires_at=timezone.now() + timedelta(days=1))
    assert first.get(sitting.get_absolute_url()).status_code == 200
    second, same = enter(path_of(link.url))
    assert same == sitting
    assert second.get(sitting.get_absolute_url()).status_code == 200
    assert first.get(sitting.get_absolute_url()).status_code == 302


def test_revoking_shuts_the_door_at_once(ines, interview):
    client, sitting = started(interview)
    signed_in(ines).post(f"/interviews/invitations/{sitting.invitation_id}/revoke/")
    assert client.get(sitting.get_absolute_url()).status_code == 302
    assert signed_in(sitting.candidate).get(sitting.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("page", ["link", "revoke", "extra"])
def test_nobody_else_s_invitation_is_touched(ana, interview, page):
    link_for(interview)
    before = Invitation.objects.values().get()
    other = User.objects.create_user("iris@example.org", "e-long-password", role=Role.INTERVIEWER)
    for who in (ana, other):
        answer = signed_in(who).post(f"/interviews/invitations/{before['id']}/{page}/", {"minutes": "30"})
        assert answer.status_code == 404
    assert Invitation.objects.values().get() == before


def test_a_guest_opens_nothing_else(interview, version, ana, send):
    client, sitting = started(interview)
    foreign = send(ana)
    shut = [
        "/challenges/doubling/", "/challenges/doubling/draft/versions/", "/challenges/doubling/solution/",
        "/interviews/", "/admin/", "/api/challenges", "/accounts/email/", "/accounts/2fa/", foreign.get_absolute_url(),
        interview.get_absolute_url(), f"{foreign.get_absolute_url()}state/",
    ]  # fmt: skip
    for page in shut:
        assert client.get(page).status_code == 404, page
    for page in ("/", "/dashboard/", "/challenges/"):
        assert client.get(page).url == sitting.get_absolute_url()
    for page in ("submissions", "draft"):
        body = {"source": "x", "kind": "run", "revision": 0}
        answer = client.post(f"/challenges/doubling/{page}/", body, content_type="application/json")
        assert answer.status_code == 404
    links = re.findall(r'href="(/[^"]*)"', client.get(sitting.get_absolute_url()).text)
    assert all(client.get(link).status_code == 200 for link in links if not link.startswith("/static/"))


def test_nobody_comes_to_somebody_else_s_sitting(ines, interview, ana, ada):
    client, sitting = started(interview)
    _, other = started(interview, "dora@example.org")
    pages = ["", "clock/", "check/", "challenges/doubling/", "challenges/doubling/attempts/"]
    for page in pages:
        for who in (other.candidate, ana, ada, ines):
            assert signed_in(who).get(f"{sitting.get_absolute_url()}{page}").status_code == 404, (page, who)
        assert client.get(f"{sitting.get_absolute_url()}{page}").status_code == 200, page


def test_a_letter_says_what_matters(ines, interview):
    Interview.objects.update(title="Back & front", ends_at=timezone.now() + timedelta(days=3))
    post_list(ines, interview, "O'Neil <o@example.org>")
    message = mail.outbox[0]
    assert message.subject == "Invitation: Back & front"
    assert "Hello O'Neil," in message.body
    assert "60 minutes" in message.body
    assert "started until" in message.body
