"""Teams: what they are put on is open to those members whose role allows it, for as long as they are members."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from gradetape.accounts.models import Role, Team, User
from gradetape.authoring.actions import projects
from gradetape.authoring.models import Project
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
