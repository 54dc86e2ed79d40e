"""Setting interviews up: who sees which, what they pin, how they are copied and put away."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from interviewing import FORM, an_interview, enter, link_for, started
from support import finish, signed_in

from gradetape.accounts.models import Role, User
from gradetape.catalog.actions import publish
from gradetape.interviews.actions import setup
from gradetape.interviews.exceptions import LastOfTheTeam, NoSuchInterviewer, NotADraft, NothingToAsk
from gradetape.interviews.models import Interview, InterviewState
from gradetape.submissions import actions
from gradetape.submissions.models import Kind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tripling(tiny, version):
    return publish(package=tiny(slug="tripling", statement="# Tripling\n\nTriple it.\n")).version


def test_an_interview_is_set_up_by_its_form(ines, version, tripling):
    answer = signed_in(ines).post("/interviews/new/", FORM)
    made = Interview.objects.get()
    assert answer.url == made.get_absolute_url()
    assert [(task.challenge.slug, task.weight) for task in made.tasks.all()] == [("doubling", 2), ("tripling", 1)]
    assert (made.state, made.minutes, list(made.team.all())) == ("draft", 45, [ines])
    assert "<em>Hello</em>" in made.instructions_html
    assert "script" not in made.instructions_html


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"tasks-2-challenge": "nothing"}, "no challenge called nothing"),
        ({"tasks-2-challenge": "doubling"}, "stands in two rows"),
        ({"starts_at": "2030-01-02T10:00", "ends_at": "2030-01-01T10:00"}, "not after the beginning"),
        ({"minutes": "1"}, "greater than or equal to 5"),
        ({"title": " "}, "required"),
    ],
)
def test_a_form_with_a_mistake_is_kept_and_says_so(ines, version, tripling, change, word):
    answer = signed_in(ines).post("/interviews/new/", {**FORM, **change})
    assert answer.status_code == 400
    assert word in answer.text
    assert not Interview.objects.exists()


def test_more_rows_keep_what_was_typed(ines, version):
    answer = signed_in(ines).post("/interviews/new/", {**FORM, "more": "1"})
    values = [form["challenge"].value() for form in answer.context["rows"].forms]
    assert values[:3] == ["doubling", "", "tripling"]
    assert len(values) == 6


def test_opening_pins_the_versions(ines, version, tiny):
    interview = an_interview(ines, [version.challenge])
    newer = publish(package=tiny(statement="# Doubling\n\nDouble it twice.\n")).version
    assert newer != version
    assert interview.tasks.get().version == version


def test_nothing_to_ask_is_not_opened(ines):
    interview = setup.set_up(interview=Interview(title="Empty"), asked=[], by=ines)
    with pytest.raises(NothingToAsk):
        setup.open_up(interview=interview)


def test_what_is_open_keeps_its_questions(ines, version, tripling):
    interview = an_interview(ines, [version.challenge])
    with pytest.raises(NotADraft):
        setup.set_up(interview=interview, asked=[], by=ines)
    signed_in(ines).post(f"/interviews/{interview.pk}/edit/", {**FORM, "title": "Renamed"})
    interview.refresh_from_db()
    assert (interview.title, interview.minutes, interview.tasks.count()) == ("Renamed", 60, 1)


def test_a_template_is_copied_and_never_opened(ines, iris, version):
    interview = an_interview(ines, [version.challenge])
    interview.team.add(iris)
    template = setup.duplicate(interview=interview, by=ines, as_template=True)
    with pytest.raises(NotADraft):
        setup.open_up(interview=template)
    copy = setup.duplicate(interview=template, by=iris, as_template=False)
    assert (copy.title, copy.state, copy.is_template) == ("Backend", "draft", False)
    assert set(copy.team.all()) == {ines, iris}
    assert [(task.challenge, task.version) for task in copy.tasks.all()] == [(version.challenge, None)]
    assert setup.duplicate(interview=interview, by=ines, as_template=False).title == "Copy of Backend"


def test_what_is_archived_comes_back_as_it_was(ines, version):
    as_ines, interview = signed_in(ines), an_interview(ines, [version.challenge])
    as_ines.post(f"/interviews/{interview.pk}/archive/")
    assert "Backend" not in as_ines.get("/interviews/").text
    assert "Backend" in as_ines.get("/interviews/?archived=1").text
    as_ines.post(f"/interviews/{interview.pk}/restore/")
    assert Interview.objects.get().state == InterviewState.OPEN


def test_a_team_shares_it(ines, iris, ana, version):
    as_ines, interview = signed_in(ines), an_interview(ines, [version.challenge])
    assert signed_in(iris).get(interview.get_absolute_url()).status_code == 404
    as_ines.post(f"/interviews/{interview.pk}/team/", {"who": " IRIS@example.org"})
    assert signed_in(iris).get(interview.get_absolute_url()).status_code == 200
    with pytest.raises(NoSuchInterviewer):
        setup.share(interview=interview, who=ana.email)
    as_ines.post(f"/interviews/{interview.pk}/team/{ines.pk}/remove/")
    assert as_ines.get(interview.get_absolute_url()).status_code == 404
    with pytest.raises(LastOfTheTeam):
        setup.remove_person(interview=interview, user_id=iris.pk)


def test_only_interviewers_have_interviews(ines, ana, ada, version):
    interview = an_interview(ines, [version.challenge])
    interview.team.add(ana)
    pages = ["/interviews/", "/interviews/new/", interview.get_absolute_url(), f"{interview.get_absolute_url()}edit/"]
    assert [signed_in(ana).get(page).status_code for page in pages] == [404] * 4
    assert [signed_in(ada).get(page).status_code for page in pages] == [200] * 4
    User.objects.filter(pk=ines.pk).update(role=Role.CANDIDATE)
    assert [signed_in(User.objects.get(pk=ines.pk)).get(page).status_code for page in pages] == [404] * 4


@pytest.mark.parametrize("page", ["open", "archive", "restore", "duplicate", "team", "invite"])
def test_nobody_else_s_interview_is_changed(ines, iris, version, page):
    interview = an_interview(ines, [version.challenge])
    answer = signed_in(iris).post(
        f"/interviews/{interview.pk}/{page}/", {"email": iris.email, "people": "x@example.org"}
    )
    assert answer.status_code == 404
    assert (Interview.objects.get().state, interview.invitations.count()) == ("open", 0)


def test_the_page_adds_up_the_best_by_weight(ines, version, tripling, take):
    interview = Interview(title="Weighted")
    asked = [setup.Asked(version.challenge, 3), setup.Asked(tripling.challenge, 1)]
    setup.set_up(interview=interview, asked=asked, by=ines)
    setup.open_up(interview=interview)
    _, sitting = started(interview)
    for score in (80.0, 60.0):
        sent = actions.submit(candidate=sitting.candidate, version=version, source=b"x", kind=Kind.SUBMIT)
        finish(take(sent), score=score, verdict="partial")
    page = signed_in(ines).get(interview.get_absolute_url())
    row = page.context["roster"].rows[0][1]
    assert [mark and mark.score for mark in row.marks] == [80.0, None]
    assert row.total == 60.0
    best = f"{interview.get_absolute_url()}submissions/{row.marks[0].submission_id}/"
    assert best in page.text
    assert "solution.py" in signed_in(ines).get(best).text


def test_submissions_are_opened_by_the_team_and_through_their_interview_alone(ines, iris, ana, version, send):
    interview = an_interview(ines, [version.challenge])
    _, sitting = started(interview)
    inside = actions.submit(candidate=sitting.candidate, version=version, source=b"x", kind=Kind.SUBMIT)
    outside = send(ana)
    page = f"{interview.get_absolute_url()}submissions/"
    assert signed_in(ines).get(f"{page}{inside.pk}/").status_code == 200
    assert signed_in(ines).get(f"{page}{outside.pk}/").status_code == 404
    for other in (iris, sitting.candidate, ana):
        assert signed_in(other).get(f"{page}{inside.pk}/").status_code == 404


def test_the_pages_ask_as_much_for_many_as_for_few(ines, version):
    interview = an_interview(ines, [version.challenge])
    as_ines, counts = signed_in(ines), []
    for number in range(4):
        enter(link_for(interview, f"person{number}@example.org"))
        if number in {0, 3}:
            with CaptureQueriesContext(
                connection,
            ) as asked:
                as_ines.get(interview.get_absolute_url())
                as_ines.get("/interviews/")
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_whoever_is_signed_out_is_asked_to_sign_in(ines, version):
    interview = an_interview(ines, [version.challenge])
    assert Client().get(interview.get_absolute_url()).url.startswith("/accounts/login/")
