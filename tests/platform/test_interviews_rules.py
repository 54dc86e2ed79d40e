"""The rules of an interview: names that are hidden, and the log of who looked and who changed what."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from interviewing import FORM, link_for, started
from support import signed_in

from gradetape.accounts.models import Role, User
from gradetape.audit import log
from gradetape.interviews.actions import setup
from gradetape.interviews.models import Interview
from gradetape.submissions import actions
from gradetape.submissions.models import Kind

pytestmark = pytest.mark.django_db(transaction=True)


def reworded(interview: Interview, **changes: str) -> dict[str, str]:
    """The form of an open interview."""
    return {"title": interview.title, "starts_at": "", "ends_at": "", **changes}


def switch(client: Client, interview: Interview, *, hidden: bool) -> None:
    answer = client.post(
        f"{interview.get_absolute_url()}edit/", reworded(interview, **({"hides_names": "on"} if hidden else {}))
    )
    assert answer.status_code == 302


def section(page: str, name: str) -> str:
    """The part of a page from a heading to the end of its section."""
    found = re.search(rf'<section[^>]*aria-labelledby="{name}".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def deeds(interview: Interview) -> list[str]:
    return [entry.action for entry in reversed(log.entries_of(interview.scope))]


def test_hidden_names_stand_nowhere_beside_results(as_ines, interview, version):
    _, sitting = started(interview, "Cleo Clever <cleo@example.org>")
    sent = actions.submit(candidate=sitting.candidate, version=version, source=b"x", kind=Kind.SUBMIT)
    assert "cleo@example.org" in section(as_ines.get(interview.get_absolute_url()).text, "candidates")
    switch(as_ines, interview, hidden=True)
    page = as_ines.get(interview.get_absolute_url()).text
    candidates = section(page, "candidates")
    assert "Candidate 1" in candidates
    assert "leo" not in candidates
    assert str(sitting.invitation_id) not in page.split('aria-labelledby="invitations"')[0]
    assert "cleo@example.org" in section(page, "invitations")
    one = as_ines.get(f"{interview.get_absolute_url()}submissions/{sent.pk}/").text
    assert "Candidate 1" in one
    assert "Cleo" not in one


def test_invitations_say_nothing_of_results_and_stand_in_another_order(as_ines, interview, ines):
    for email in ("bea@example.org", "abe@example.org", "cy@example.org"):
        started(interview, email)
    Interview.objects.filter(pk=interview.pk).update(hides_names=True)
    roster = as_ines.get(interview.get_absolute_url()).context["roster"]
    assert [name for name, _ in roster.rows] == ["Candidate 1", "Candidate 2", "Candidate 3"]
    assert [one.email for one in roster.invitations] == ["abe@example.org", "bea@example.org", "cy@example.org"]
    page = as_ines.get(interview.get_absolute_url()).text
    assert "Sitting" not in section(page, "invitations")
    assert "until" not in section(page, "candidates")


def test_who_has_not_come_is_no_row_where_names_are_hidden(as_ines, interview):
    link_for(interview, "cleo@example.org")
    Interview.objects.filter(pk=interview.pk).update(hides_names=True)
    page = as_ines.get(interview.get_absolute_url())
    assert page.context["roster"].rows == []
    assert "Nobody has come yet" in page.text


def test_switching_names_is_written_down_also_while_it_is_open(as_ines, interview):
    switch(as_ines, interview, hidden=True)
    switch(as_ines, interview, hidden=True)
    switch(as_ines, interview, hidden=False)
    assert deeds(interview) == ["names.hidden", "names.shown"]


def test_changes_are_written_down_with_what_was_before(as_ines, ines, version):
    draft = setup.set_up(interview=Interview(title="Backend"), asked=[setup.Asked(version.challenge, 1)], by=ines)
    answer = as_ines.post(
        f"{draft.get_absolute_url()}edit/",
        {**FORM, "tasks-2-challenge": "", "title": "Layers", "keep_days": "30", "keep_then": "delete"},
    )
    assert answer.status_code == 302
    entry = log.entries_of(draft.scope).get(action="interview.changed")
    assert entry.details["title"] == ["Backend", "Layers"]
    assert entry.details["minutes"] == [60, 45]
    assert entry.details["keep_days"] == [None, 30]
    assert entry.details["challenges"] == [["doubling ×1"], ["doubling ×2"]]
    assert "visibility" not in entry.details


def test_what_was_refused_is_not_written_down(as_ines, interview):
    as_ines.post(f"{interview.get_absolute_url()}open/")
    as_ines.post(f"{interview.get_absolute_url()}team/", {"who": "nobody@example.org"})
    assert deeds(interview) == []


def test_looking_at_a_submission_is_written_down_once_in_a_while(as_ines, interview, version):
    _, sitting = started(interview)
    sent = actions.submit(candidate=sitting.candidate, version=version, source=b"x", kind=Kind.SUBMIT)
    for _ in range(2):
        as_ines.get(f"{interview.get_absolute_url()}submissions/{sent.pk}/")
    assert deeds(interview) == ["submission.seen"]
    assert log.entries_of(interview.scope).get().about == f"sitting:{sitting.pk}"


def test_the_log_tells_in_words_and_can_be_filtered(as_ines, ines, iris, interview, version):
    _, sitting = started(interview)
    interview.team.add(iris)
    sent = actions.submit(candidate=sitting.candidate, version=version, source=b"x", kind=Kind.SUBMIT)
    signed_in(iris).get(f"{interview.get_absolute_url()}submissions/{sent.pk}/")
    as_ines.post(f"/interviews/invitations/{sitting.invitation_id}/extra/", {"minutes": "30"})
    where = reverse("interview_audit", args=[interview.pk])
    page = as_ines.get(where).text
    assert "looked at what Cleo sent" in page
    assert "gave Cleo another length" in page
    assert "0 → 30" in page
    of_iris = as_ines.get(where, {"who": iris.pk})
    assert [row.who for row in of_iris.context["rows"]] == ["Iris"]
    extra = as_ines.get(where, {"what": "invitation.extra_time"})
    assert [row.entry.action for row in extra.context["rows"]] == ["invitation.extra_time"]
    for nobody in ("x", "9" * 40, "-1"):
        assert as_ines.get(where, {"who": nobody}).context["rows"] == []
    assert signed_in(User.objects.create_user("zoe@example.org", role=Role.INTERVIEWER)).get(where).status_code == 404


def test_hidden_names_are_hidden_in_the_log(as_ines, interview, version):
    _, sitting = started(interview)
    sent = actions.submit(candidate=sitting.candidate, version=version, source=b"x", kind=Kind.SUBMIT)
    as_ines.post(f"/interviews/invitations/{sitting.invitation_id}/extra/", {"minutes": "30"})
    as_ines.get(f"{interview.get_absolute_url()}submissions/{sent.pk}/")
    Interview.objects.filter(pk=interview.pk).update(hides_names=True)
    page = as_ines.get(reverse("interview_audit", args=[interview.pk])).text
    assert "looked at what Candidate 1 sent" in page
    assert "gave somebody another length" in page
    assert "Cleo" not in page


def test_details_that_no_words_name_are_not_shown(as_ines, ines, interview):
    log.record(actor=ines, action="points.made_up", scope=interview.scope, reason="told-to-nobody")
    page = as_ines.get(reverse("interview_audit", args=[interview.pk])).text
    assert "points: made up" in page
    assert "told-to-nobody" not in page


def test_the_log_comes_in_pages_and_takes_no_more_queries_for_more_rows(as_ines, ines, interview):
    where, counts = reverse("interview_audit", args=[interview.pk]), []
    for _ in range(2):
        for number in range(30):
            log.record(actor=ines, action=f"made.up_{number % 3}", scope=interview.scope, about=f"sitting:{uuid4()}")
        with CaptureQueriesContext(connection) as queries:
            page = as_ines.get(where)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert (len(page.context["rows"]), page.context["page"].paginator.num_pages) == (50, 2)
    assert len(as_ines.get(where, {"page": 2}).context["rows"]) == 10
    assert "a candidate who was deleted" not in page.text


def test_an_entry_outlives_its_actor_without_their_name(interview, iris, ines):
    log.record(actor=iris, action="interview.opened", scope=interview.scope)
    iris.delete()
    page = signed_in(ines).get(reverse("interview_audit", args=[interview.pk])).text
    assert "Somebody who left" in page
