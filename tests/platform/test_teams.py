"""Teams: what they are put on is open to those members whose role allows it, for as long as they are members."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from support import signed_in

from gradetape.accounts.models import Role, Team, User
from gradetape.audit.models import AuditEntry
from gradetape.authoring.actions import projects
from gradetape.authoring.exceptions import LastAuthor
from gradetape.authoring.models import Project
from gradetape.interviews.actions import setup
from gradetape.interviews.exceptions import LastOfTheTeam
from gradetape.interviews.models import Interview, Invitation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def avi(db: None) -> User:
    return User.objects.create_user("avi@example.org", "d-long-password", display_name="Avi", role=Role.AUTHOR)


@pytest.fixture
def ben(db: None) -> User:
    return User.objects.create_user("ben@example.org", "e-long-password", display_name="Ben", role=Role.AUTHOR)


@pytest.fixture
def project(avi, tiny) -> Project:
    return projects.make(slug="halving", contents=tiny("halving").files, by=avi)


@pytest.fixture
def vision(iris, ben, ana) -> Team:
    """A team with somebody of each role but the administrators'."""
    team = Team.objects.create(name="Vision")
    team.members.add(iris, ben, ana)
    return team


def test_a_team_s_interviews_are_its_interviewers(interview, vision, ines, iris, ben, ana):
    assert not Interview.objects.visible_to(iris).exists()
    interview.teams.add(vision)
    seen = {who.display_name: Interview.objects.visible_to(who).count() for who in (ines, iris, ben, ana)}
    assert seen == {"Ines": 1, "Iris": 1, "Ben": 0, "Ana": 0}
    assert Invitation.objects.visible_to(iris).count() == Invitation.objects.count()


def test_a_team_s_projects_are_its_authors(project, vision, avi, ben, iris, ana):
    assert not Project.objects.visible_to(ben).exists()
    project.teams.add(vision)
    seen = {who.display_name: Project.objects.visible_to(who).count() for who in (avi, ben, iris, ana)}
    assert seen == {"Avi": 1, "Ben": 1, "Iris": 0, "Ana": 0}


def test_an_interview_that_is_somebody_s_twice_is_there_once(interview, vision, ines):
    vision.members.add(ines)
    interview.teams.add(vision, Team.objects.create(name="Empty"))
    assert Interview.objects.visible_to(ines).count() == 1


def test_whoever_leaves_a_team_leaves_what_it_is_on(interview, project, vision, iris, ben):
    interview.teams.add(vision)
    project.teams.add(vision)
    vision.members.remove(iris, ben)
    assert not Interview.objects.visible_to(iris).exists()
    assert not Project.objects.visible_to(ben).exists()


def test_a_team_on_nothing_hides_nothing(interview, ines):
    ines.teams.add(Team.objects.create(name="Idle"))
    assert list(Interview.objects.exclude(pk__in=Interview.objects.visible_to(ines).values("pk"))) == []
    assert Interview.objects.visible_to(ines).get() == interview


def test_names_of_teams_are_told_apart_from_addresses_and_each_other(vision):
    with pytest.raises(IntegrityError):
        Team.objects.create(name="VISION")
    for wrong in ("a@b", " ", ""):
        with pytest.raises(ValidationError):
            Team(name=wrong).full_clean()


def test_an_interview_is_shared_with_a_team_on_its_page(interview, vision, as_ines, iris):
    home = interview.get_absolute_url()
    assert '<span class="tag">team<' not in as_ines.get(home).text
    as_ines.post(f"{home}team/", {"who": " vision "})
    page = as_ines.get(home).text
    assert "Remove the team Vision from the team" in page
    listed = page.partition('<span class="tag">team</span>')[2].partition("</li>")[0]
    assert "Iris" in listed
    assert "Ben" not in listed, "his role does not let him in"
    assert signed_in(iris).get(home).status_code == 200
    as_ines.post(f"{home}teams/{vision.pk}/remove/")
    assert signed_in(iris).get(home).status_code == 404


def test_the_log_of_an_interview_names_the_team(interview, vision, as_ines):
    home = interview.get_absolute_url()
    as_ines.post(f"{home}team/", {"who": "Vision"})
    as_ines.post(f"{home}teams/{vision.pk}/remove/")
    page = as_ines.get(f"{home}audit/").text
    assert "shared the interview with the team Vision" in page
    assert "stopped sharing the interview with the team Vision" in page
    vision.delete()
    assert "the interview with a team that is no more" in as_ines.get(f"{home}audit/").text


def test_a_project_is_shared_with_a_team_on_its_page(project, vision, avi, ben):
    as_avi, home = signed_in(avi), project.get_absolute_url()
    as_avi.post(f"{home}authors/", {"who": "VISION"})
    listed = as_avi.get(home).text.partition('<span class="tag">team</span>')[2].partition("</li>")[0]
    assert "Ben" in listed
    assert "Iris" not in listed, "her role does not let her in"
    assert "Vision" in as_avi.get("/studio/").text
    as_ben = signed_in(ben)
    assert as_ben.get(home).status_code == 200
    assert as_ben.post(f"{home}teams/{vision.pk}/remove/").headers["Location"] == "/studio/"
    assert as_ben.get(home).status_code == 404
    about = AuditEntry.objects.filter(scope=project.scope).values_list("action", "about")
    assert {("author.added", f"team:{vision.pk}"), ("author.removed", f"team:{vision.pk}")} <= set(about)


def test_somebody_who_can_open_it_has_to_stay(interview, project, vision, ines, iris, avi, ben):
    interview.teams.add(vision)
    project.teams.add(vision)
    setup.remove_person(interview=interview, user_id=ines.pk)
    projects.remove_author(project=project, user_id=avi.pk, by=avi)
    with pytest.raises(LastOfTheTeam):
        setup.remove_team(interview=interview, team_id=vision.pk)
    with pytest.raises(LastAuthor):
        projects.remove_team(project=project, team_id=vision.pk, by=ben)
    interview.team.add(ines)
    User.objects.filter(pk=iris.pk).update(role=Role.CANDIDATE)
    with pytest.raises(LastOfTheTeam):
        setup.remove_person(interview=interview, user_id=ines.pk)


def test_copies_are_for_the_same_teams(interview, vision, ines):
    interview.teams.add(vision)
    assert list(setup.duplicate(interview=interview, by=ines, as_template=False).teams.all()) == [vision]


def test_what_names_nobody_is_refused_in_words(interview, vision, as_ines, project, avi):
    answer = as_ines.post(f"{interview.get_absolute_url()}team/", {"who": "Visions"}, follow=True)
    assert "no team this name" in answer.text
    answer = signed_in(avi).post(f"{project.get_absolute_url()}authors/", {"who": ""}, follow=True)
    assert "no team this name" in answer.text


def test_one_s_teams_are_on_the_account_page(vision, as_ana, as_bob):
    assert "Your team: Vision" in as_ana.get("/accounts/profile/").text
    assert "Your team" not in as_bob.get("/accounts/profile/").text


def test_pages_with_teams_ask_no_more_for_more_of_them(interview, vision, as_ines, django_assert_max_num_queries):
    interview.teams.add(vision)
    with django_assert_max_num_queries(60) as few:
        as_ines.get(interview.get_absolute_url())
    for number in range(6):
        team = Team.objects.create(name=f"Team {number}")
        team.members.add(User.objects.create_user(f"{number}@example.org", role=Role.INTERVIEWER))
        interview.teams.add(team)
    with django_assert_max_num_queries(len(few)):
        as_ines.get(interview.get_absolute_url())
