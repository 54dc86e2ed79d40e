"""Candidates are told what is recorded, before they agree and while they sit; and elsewhere nothing is."""

import re

import pytest
from interviewing import an_interview, enter, link_for, started

from gradetape.accounts.models import Role, User
from gradetape.interviews.models import Interview

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = (
    "each edit as you type it", "What you paste there, and how much it is", "When you leave the page of a challenge",
    "when you come back to it", "Each run and each submission", "Neither your camera",
)  # fmt: skip


@pytest.fixture
def interview(db, version) -> Interview:
    ines = User.objects.create_user("ines@example.org", "d-long-password", display_name="Ines", role=Role.INTERVIEWER)
    return an_interview(ines, [version.challenge])


def untold(page: str) -> list[str]:
    return [words for words in TOLD if words not in page]


def dialog_of(page: str) -> str:
    """The one that the button `What is recorded` opens."""
    assert 'data-open-dialog="recorded"' in page
    found = re.search(r'<dialog[^>]* id="recorded".*?</dialog>', page, re.DOTALL)
    assert found
    return found[0]


def test_an_invitation_tells_it_beside_the_consent(interview, client):
    page = client.get(link_for(interview)).text
    assert untold(page[: page.index('name="consent"')]) == []


def test_the_lobby_tells_it(interview):
    client, sitting = enter(link_for(interview))
    assert untold(dialog_of(client.get(sitting.get_absolute_url()).text)) == []


def test_the_room_tells_it(interview):
    client, sitting = started(interview)
    page = client.get(f"{sitting.get_absolute_url()}challenges/doubling/").text
    assert untold(dialog_of(page)) == []
    assert f'data-timeline-url="{sitting.get_absolute_url()}timeline/" data-timeline-task="doubling"' in page


def test_where_nobody_agreed_nothing_is_recorded(as_ana, version):
    page = as_ana.get("/challenges/doubling/").text
    assert "data-draft-url" in page
    assert "timeline" not in page
