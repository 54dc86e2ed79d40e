"""Verifying: whether what was sent is what was typed, also when entries came late, in two windows, or not at all."""

from collections.abc import Callable
from functools import partial

import pytest
from interviewing import let_pass, save
from roompage import RoomPage, a_page

from gradetape.interviews.actions import sit
from gradetape.submissions.models import Submission
from gradetape.timeline.changes import Text
from gradetape.timeline.verifying import Match, matches_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(interview) -> RoomPage:
    return a_page(interview)


def found(page: RoomPage) -> list[str]:
    """The matches in the order of sending."""
    matches = matches_of(page.sitting)
    sent = Submission.objects.filter(candidate=page.sitting.candidate).order_by("created_at", "pk")
    return [str(matches[one.pk]) for one in sent]


def test_what_was_typed_is_exact_and_anything_else_differs(page):
    page.opened("x = ").edit(4, [0, "1"]).tell()
    page.send("x = 1", kind="run")
    page.send("x = 1 ", kind="run")
    page.edit(4, [1, "2", "😀"]).tell(3)
    page.send("x = 2\n😀", kind="scratch", snippet="1")
    assert found(page) == ["exact", "differs", "exact"]


def test_edits_that_came_after_the_submission_count_where_it_names_them(page):
    page.opened().edit([0, "a"]).tell()
    page.edit(1, [0, "b"])
    page.send("ab")
    assert found(page) == ["unknown"]
    page.edit(2, [0, "c"]).tell()
    assert found(page) == ["exact"]


def test_each_window_has_a_text_of_its_own(page):
    other = RoomPage(page.client, page.sitting)
    page.opened("a").tell()
    other.opened("b").edit(1, [0, "c"]).tell()
    page.edit(1, [0, "d"]).tell()
    other.send("bc")
    page.send("ad")
    page.send("bc")
    assert found(page) == ["exact", "exact", "differs"]


def test_what_was_handed_in_is_compared_with_what_was_typed_last(page):
    page.opened("a").edit(1, [0, "b"]).add("left").tell()
    save(page.client, page.sitting, "ab")
    let_pass(page.sitting, minutes=61)
    sit.close_due()
    assert found(page) == ["exact"]


def test_what_was_handed_in_without_being_typed_differs(page):
    page.opened("a").tell()
    save(page.client, page.sitting, "copied in by a script")
    sit.hand_in(sitting=page.sitting)
    assert found(page) == ["differs"]


@pytest.mark.parametrize("recorded", [None, {"page": "8c5dca3f-3c8c-4a34-8a6f-4a7a5d4d3c1a", "sequence": 1}])
def test_without_a_text_nothing_is_known(page, recorded):
    page.opened("a").tell()
    page.send("a", recorded=recorded)
    assert found(page) == ["unknown"]


def test_nothing_typed_and_something_handed_in(page):
    save(page.client, page.sitting, "x")
    sit.hand_in(sitting=page.sitting)
    assert found(page) == ["unknown"]


def test_an_edit_that_does_not_fit_ends_what_is_known_of_its_page(page):
    page.opened("a").edit(1, [0, "b"]).tell()
    page.send("ab")
    page.edit(7, [0, "c"]).edit(2, [0, "d"]).tell(3)
    page.send("abd")
    other = RoomPage(page.client, page.sitting)
    other.opened("abd").tell()
    other.send("abd")
    assert found(page) == ["exact", "unknown", "exact"]


def test_the_same_moment_may_be_sent_often(page):
    page.opened("a").tell()
    for _ in range(3):
        page.send("a", kind="run")
    assert found(page) == ["exact"] * 3


def test_a_sitting_without_entries_has_no_matches(page, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert matches_of(page.sitting) == {}


def test_each_edit_is_applied_once_however_much_was_sent(page, monkeypatch):
    count = 2000
    page.opened("x" * 1000)
    for n in range(count):
        page.edit(n % 1000, [0, "y"], 1000 + n - n % 1000)
    for first in range(1, count, 500):
        assert page.tell(first, first + 499).status_code == 200
    for sequence in range(100, count, 700):
        page.send("x", kind="run", recorded={"page": page.name, "sequence": sequence})
    monkeypatch.setattr(Text, "apply", counted := Counted(Text.apply))
    assert set(matches_of(page.sitting).values()) == {Match.DIFFERS}
    assert counted.calls == count - 1


class Counted:
    """A method that counts its calls."""

    def __init__(self, method: Callable[..., None]) -> None:
        self.method, self.calls = method, 0

    def __get__(self, instance: Text, owner: type[Text]) -> Callable[..., None]:
        self.calls += 1
        return partial(self.method, instance)
