"""The timeline on both databases: characters that one of them refuses, and batches that come at once."""

from collections.abc import Iterator

import pytest
from databases import Postgres, database
from django.test import Client
from interviewing import an_interview
from roompage import RoomPage, a_page, tell_at_once, told, typed

from gradetape import environment
from gradetape.accounts.models import Role, User
from gradetape.catalog.actions import publish
from gradetape.timeline.models import Entry
from gradetape.timeline.verifying import Match, matches_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def postgres(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if Postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    server = Postgres()
    try:
        server.create()
        server.start()
        monkeypatch.setenv("DATABASE_URL", server.url)
        with database(**environment.database("DATABASE_URL", embedded_file=None)):
            yield
    finally:
        server.remove()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def page(request: pytest.FixtureRequest, transactional_db: None, tiny) -> RoomPage:
    """A page of the room, on each database."""
    if request.param == "postgres":
        request.getfixturevalue("postgres")
    ines = User.objects.create_user("ines@example.org", "d-long-password", display_name="Ines", role=Role.INTERVIEWER)
    return a_page(an_interview(ines, [publish(package=tiny()).version.challenge]))


def test_any_text_is_kept_to_the_last_character(page):
    """A NUL character, half a pair of surrogates, and the character that stands for them where they are kept."""
    page.opened("\x00\U0010fffd").edit(3, [0, "\ud83d"]).edit(4, [0, "\ude00", "\x00"])
    assert page.tell().status_code == 200
    page.send("\x00\U0010fffd😀\n\x00")
    page.edit(4, [1], 2)
    assert page.tell(4).status_code == 200
    page.send("\x00\U0010fffd\ud83d\n\x00")
    assert set(matches_of(page.sitting).values()) == {Match.EXACT}
    assert Entry.objects.get(sequence=3).data == {"changes": [4, [0, "\ude00", "\x00"]]}


def test_batches_at_the_same_time_are_taken_one_after_the_other(page):
    """Two pages, and each batch sent twice at once."""
    other = RoomPage(Client(), page.sitting)
    other.client.cookies = page.client.cookies
    typed(page, 60), typed(other, 60)
    # A twin that was overtaken sends what is known, and one that is ahead leaves no gap.
    assert tell_at_once([page, other, page, other]) == {200}
    assert [number for number, *_ in told(page.sitting)] == list(range(1, 123))
    for one in (page, other):
        rows = Entry.objects.filter(page=one.name).order_by("number")
        assert list(rows.values_list("sequence", flat=True)) == list(range(1, 62))
    times = list(Entry.objects.order_by("number").values_list("at", flat=True))
    assert times == sorted(times)
