"""The catalogue: what it lists for whom, and that 2,000 challenges cost no more queries than twenty."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from support import MANIFEST, finish

from grader.model import Verdict
from gradetape.catalog.actions import publish
from gradetape.catalog.models import Challenge, ChallengeTopic, ChallengeVersion, words_of
from gradetape.standings.models import Standing
from gradetape.submissions.models import Kind

pytestmark = pytest.mark.django_db(transaction=True)
LEVELS = ("easy", "medium", "hard")


@pytest.fixture
def add(tiny):
    """Publishes a challenge: `add("focal-loss", title="Focal loss", topics='["losses"]')`."""

    def publish_one(slug: str, **facts: str) -> Challenge:
        manifest = MANIFEST
        for name, value in {"title": slug.title(), "summary": "One line.", **facts}.items():
            written = value if value[0] == "[" or value.isdigit() else f'"{value}"'
            manifest = re.sub(rf"(?m)^{name} = .*$", f"{name} = {written}", manifest, count=1)
        return publish(package=tiny(slug, manifest)).version.challenge

    return publish_one


@pytest.fixture
def stand(ana):
    """Puts Ana somewhere: `stand(challenge, state="tried", best=40)`."""
    return lambda challenge, **facts: Standing.objects.create(user=ana, challenge=challenge, **facts)


def fill_with(number: int) -> None:
    """So many challenges more, in the database alone."""
    first = Challenge.objects.count()
    topics = [[f"topic {i % 40}", f"Rare {i}"] for i in range(number)]
    titles = [f"Made {i:04}" for i in range(number)]
    made = Challenge.objects.bulk_create(
        Challenge(
            slug=f"made-{first + i}", title=titles[i], summary="One of many.", kind="coding",
            difficulty=LEVELS[i % 3],
            topics=topics[i], runtime="keras3", minutes=10 + i % 50,
            words=words_of(titles[i], "One of many.", topics[i]),
        )
        for i in range(number)
    )  # fmt: skip
    parts = [{"id": "a", "title": "A", "points": 60}, {"id": "b", "title": "B", "points": 40}]
    versions = ChallengeVersion.objects.bulk_create(
        ChallengeVersion(
            challenge=one, number=1, digest=f"{one.pk:064}", runtime="keras3", parts=parts, cases=[], limits={}
        )
        for one in made
    )
    for version in versions:
        version.challenge.live = version
    Challenge.objects.bulk_update([version.challenge for version in versions], ["live"], batch_size=200)
    ChallengeTopic.objects.bulk_create(
        ChallengeTopic(challenge=one, key=name.casefold(), name=name) for one in made for name in one.topics
    )


def listed(client, query: str = "") -> list[str]:
    return [row.challenge.slug for row in client.get(f"/challenges/{query}").context["rows"]]


def queries(client, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)


def test_a_row_shows_the_best_and_what_each_part_earned(send, take, ana, as_ana):
    for score in (75, 40):
        finish(take(send(ana)), score=score, verdict=Verdict.PARTIAL)
    row = as_ana.get("/challenges/").context["rows"][0]
    assert (row.state, row.best, row.points, row.attempts) == ("tried", 75, 100, 2)
    assert [(part.title, part.earned, part.points) for part in row.parts] == [
        ("The basics", 75, 75),
        ("The edges", 25, 25),
    ]


def test_a_challenge_is_solved_by_an_accepted_submission_alone(send, take, ana, as_ana):
    finish(take(send(ana, kind=Kind.RUN)))
    assert as_ana.get("/challenges/").context["rows"][0].state == "tried"
    finish(take(send(ana)))
    context = as_ana.get("/challenges/").context
    assert (context["rows"][0].state, context["rows"][0].best) == ("solved", 100)
    assert (context["solved"], context["tried"], context["total"]) == (1, 0, 1)


def test_where_others_stand_is_not_shown(send, take, ana, as_bob):
    finish(take(send(ana)))
    row = as_bob.get("/challenges/").context["rows"][0]
    assert (row.state, row.best) == ("new", None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 1), ("kind=coding", 1), ("kind=scenario", 0), ("difficulty=easy", 1), ("difficulty=hard", 0),
        ("topic=numbers", 1), ("topic=NUMBERS", 1), ("topic=losses", 0), ("q=DOUB+number", 1), ("q=warm-up", 1),
        ("q=triple", 0), ("q=%25", 0), ("q=%00doubling", 1), ("state=new", 1), ("state=solved", 0),
        ("runtime=keras3", 1), ("runtime=keras2", 0), ("kind=nonsense", 1), ("sort=nonsense", 1), ("page=nonsense", 1),
        ("page=99", 1), ("page=-1", 1),
    ],
)  # fmt: skip
def test_the_address_says_what_is_listed(version, as_ana, query, found):
    context = as_ana.get(f"/challenges/?{query}").context
    assert (len(context["rows"]), context["total"]) == (found, 1)


def test_states_are_filtered(add, stand, as_ana):
    stand(add("b-tried"), state="tried")
    stand(add("c-solved"), state="solved")
    stand(add("d-typed"), state="new")
    add("a-new")
    assert listed(as_ana, "?state=tried") == ["b-tried"]
    assert listed(as_ana, "?state=solved") == ["c-solved"]
    assert listed(as_ana, "?state=new") == ["a-new", "d-typed"]


def test_lists_are_sorted(add, stand, as_ana):
    stand(add("hard-one", difficulty="hard", minutes="5"), state="tried", best=80)
    stand(add("easy-one", difficulty="easy", minutes="60"), state="tried", best=20)
    add("medium-one", difficulty="medium", minutes="30")
    assert listed(as_ana) == ["easy-one", "hard-one", "medium-one"]
    assert listed(as_ana, "?sort=hardest") == ["hard-one", "medium-one", "easy-one"]
    assert listed(as_ana, "?sort=shortest") == ["hard-one", "medium-one", "easy-one"]
    assert listed(as_ana, "?sort=newest") == ["medium-one", "easy-one", "hard-one"]
    assert listed(as_ana, "?sort=best") == ["hard-one", "easy-one", "medium-one"]
    assert listed(as_ana, "?sort=worst") == ["easy-one", "hard-one", "medium-one"]


def test_topics_that_differ_in_capitals_are_one(add, as_ana):
    add("one", topics='["Losses", "Metrics"]')
    add("two", topics='["losses"]')
    choices = as_ana.get("/challenges/?topic=LOSSES").context["choices"]["topic"]
    assert [(choice.label, choice.is_chosen) for choice in choices] == [
        ("All topics", False), ("Losses (2)", True), ("Metrics (1)", False),
    ]  # fmt: skip
    assert listed(as_ana, "?topic=losses") == ["one", "two"]


def test_a_new_version_changes_what_is_searched(add, as_ana):
    add("one", topics='["losses"]')
    add("one", topics='["metrics"]', title="Renamed")
    assert listed(as_ana, "?topic=losses") == listed(as_ana, "?q=losses") == []
    assert listed(as_ana, "?topic=metrics") == listed(as_ana, "?q=renamed") == ["one"]


def test_pages_keep_the_filters_and_leave_nothing_out(version, as_ana):
    fill_with(60)
    seen, address = [], "?q=made&sort=easiest"
    while address:
        context = as_ana.get(f"/challenges/{address}").context
        seen += [row.challenge.slug for row in context["rows"]]
        address = context["next"]
        assert "q=made&sort=easiest" in address or not address
    assert len(seen) == len(set(seen)) == 60
    assert [link.number for link in context["pages"]] == [1, 2, 3]
    assert context["previous"] == "?q=made&sort=easiest&page=2"


def test_two_thousand_challenges_cost_as_many_queries_as_sixty(version, as_ana, ana):
    addresses = [f"/challenges/{query}" for query in ("", "?q=made", "?topic=topic+3", "?state=tried", "?page=3")]
    fill_with(60)
    Standing.objects.create(user=ana, challenge=Challenge.objects.last(), state="tried", best=5)
    few = [queries(as_ana, address) for address in addresses]
    fill_with(1940)
    assert [queries(as_ana, address) for address in addresses] == few
    assert max(few) <= 16


def test_lists_load_neither_archives_nor_sources(send, take, ana, as_ana):
    finish(take(send(ana)))
    with CaptureQueriesContext(connection) as captured:
        as_ana.get("/challenges/")
    asked = " ".join(query["sql"] for query in captured)
    for column in ("versionarchive", '"source"', "statement_html"):
        assert column not in asked


def test_beginners_are_led_to_what_is_easy_and_short(add, as_ana):
    add("hard-one", difficulty="hard")
    add("long-one", difficulty="easy", minutes="60")
    add("short-one", difficulty="easy", minutes="5")
    add("middle-one", difficulty="medium")
    suggested = as_ana.get("/challenges/").context["suggestions"]
    assert [one.row.challenge.slug for one in suggested] == ["short-one", "long-one", "middle-one"]


def test_what_is_nearly_done_comes_first_then_what_builds_on_it(add, stand, as_ana):
    stand(add("begun", topics='["losses"]'), state="tried", best=75, parts={"basics": 75})
    add("elsewhere", topics='["metrics"]', minutes="5")
    add("near", topics='["Losses"]', minutes="90")
    suggested = as_ana.get("/challenges/").context["suggestions"]
    assert [(one.row.challenge.slug, one.reason) for one in suggested] == [
        ("begun", "One part left: The edges."),
        ("near", "You have met Losses before."),
        ("elsewhere", "New to you: metrics."),
    ]


def test_whoever_solved_the_easy_ones_is_led_on(add, stand, as_ana):
    for number in range(3):
        stand(add(f"easy-{number}", difficulty="easy"), state="solved", best=100)
    add("easy-left", difficulty="easy")
    add("harder", difficulty="medium")
    suggested = as_ana.get("/challenges/").context["suggestions"]
    assert [one.row.challenge.slug for one in suggested] == ["harder", "easy-left"]


def test_a_filtered_list_suggests_nothing(version, as_ana):
    assert as_ana.get("/challenges/").context["suggestions"]
    assert not as_ana.get("/challenges/?q=doubling").context["suggestions"]
