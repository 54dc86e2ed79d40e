"""The dashboard: what it says, in the reader's own days, and that it never costs more queries."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from support import MANIFEST, finish

from grader.model import Verdict
from gradetape.catalog.actions import publish
from gradetape.catalog.models import Challenge
from gradetape.pages.templatetags.charts import heat_map
from gradetape.pages.templatetags.progress import duration, percent
from gradetape.standings.days import Day, in_weeks, streak_of, weeks_of
from gradetape.standings.models import Activity, Standing
from gradetape.submissions.actions import save_draft
from gradetape.submissions.models import Kind, Submission

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def graded(send, take, ana):
    """Grades a submission of Ana's: `graded(score=40)`; below 100 it is partly right."""

    def grade(score: float = 100, kind: Kind = Kind.SUBMIT) -> Submission:
        submission = send(ana, kind=kind)
        finish(take(submission), score=score, verdict=Verdict.ACCEPTED if score == 100 else Verdict.PARTIAL)
        return submission

    return grade


def other_than(tiny, slug: str = "tripling", **words: str) -> Challenge:
    manifest = MANIFEST.replace("Doubling", slug.title())
    for old, new in words.items():
        manifest = manifest.replace(old, new)
    return publish(package=tiny(slug, manifest)).version.challenge


def asked(client) -> tuple[int, str]:
    """How many queries the page took, and their text."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/dashboard/").status_code == 200
    return len(captured), " ".join(query["sql"] for query in captured)


def test_it_counts_and_resumes(graded, ana, as_ana, version, tiny):
    other = other_than(tiny)
    graded()
    save_draft(candidate=ana, challenge=other, source=b"x", revision=0)
    save_draft(candidate=ana, challenge=version.challenge, source=b"newer, but solved", revision=0)
    context = as_ana.get("/dashboard/").context
    assert (context["solved"], context["tried"], context["total"]) == (1, 0, 2)
    assert context["resume"].challenge == other
    assert [row.verdict for row in context["recent"]] == ["accepted"]
    assert [(level.name, level.solved, level.total) for level in context["levels"]] == [("easy", 1, 2)]


def test_what_was_touched_last_is_resumed_and_what_was_tried_is_listed(ana, as_ana, version, tiny):
    for number, (slug, state) in enumerate((("first", "tried"), ("second", "tried"), ("typed", "new"))):
        at = timezone.now() + timedelta(minutes=number)
        Standing.objects.create(user=ana, challenge=other_than(tiny, slug), state=state, active_at=at)
    context = as_ana.get("/dashboard/").context
    assert context["resume"].challenge.slug == "typed"
    assert [row.challenge.slug for row in context["under_way"]] == ["second", "first"]


def test_somebody_new_is_shown_where_to_begin(version, as_ana):
    page = as_ana.get("/dashboard/")
    assert page.context["resume"] is None
    assert [one.row.challenge.slug for one in page.context["suggestions"]] == ["doubling"]
    assert "Choose a challenge and run its samples." in page.text
    assert "Nothing submitted yet" in page.text


def test_topics_have_the_score_of_what_was_tried(ana, as_ana, version, tiny):
    half = other_than(tiny, "half", numbers="NUMBERS")
    other_than(tiny, "untouched")
    Standing.objects.create(user=ana, challenge=version.challenge, state="solved", best=100, solved_at=timezone.now())
    Standing.objects.create(user=ana, challenge=half, state="tried", best=50)
    topics = as_ana.get("/dashboard/").context["topics"]
    assert [(topic.key, topic.tried, topic.solved, topic.total, topic.share) for topic in topics] == [
        ("numbers", 2, 1, 3, 0.75),
        ("warm-up", 2, 1, 3, 0.75),
    ]


def test_what_others_did_is_not_shown(graded, as_bob):
    graded(score=40)
    page = as_bob.get("/dashboard/")
    assert (page.context["recent"], page.context["under_way"], page.context["topics"]) == ([], [], [])
    assert not any(week.active for week in page.context["weeks"])


@pytest.mark.parametrize(("zone", "day"), [("UTC", 31), ("Asia/Kathmandu", 1), ("America/New_York", 31)])
def test_a_day_is_the_reader_s_own(ana, monkeypatch, zone, day):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 6, 3, 12, tzinfo=UTC))
    # A quarter past six in the evening is midnight in Kathmandu.
    Activity.objects.create(user=ana, quarter=datetime(2026, 5, 31, 18, 15, tzinfo=UTC), sent=2, seconds=60)
    with timezone.override(ZoneInfo(zone)):
        active = [day for week in weeks_of(ana) for day in week.days if day.is_active]
    assert [(one.date.day, one.sent, one.shade) for one in active] == [(day, 2, 1)]


@pytest.mark.parametrize(
    ("cookie", "chosen", "day"),
    [
        ("", "", 31), ("Asia/Tokyo", "", 1), ("Asia/Tokyo", "America/New_York", 31), ("Nowhere/At_All", "", 31),
        ("../../etc/passwd", "", 31), ("Asia", "", 31), ("x" * 5000, "", 31),
    ],
)  # fmt: skip
def test_the_page_is_in_the_zone_of_the_profile_or_else_of_the_browser(
    ana, as_ana, version, monkeypatch, cookie, chosen, day
):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 6, 3, 12, tzinfo=UTC))
    Activity.objects.create(user=ana, quarter=datetime(2026, 5, 31, 18, 15, tzinfo=UTC), sent=2)
    type(ana).objects.filter(pk=ana.pk).update(time_zone=chosen)
    as_ana.cookies["zone"] = cookie
    weeks = as_ana.get("/dashboard/").context["weeks"]
    assert [one.date.day for week in weeks for one in week.days if one.is_active] == [day]


def test_weeks_begin_on_monday_and_end_today(ana, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 6, 3, 12, tzinfo=UTC))
    weeks = weeks_of(ana, weeks=2)
    assert [(week.start, len(week.days)) for week in weeks] == [(date(2026, 5, 25), 7), (date(2026, 6, 1), 3)]


def test_a_streak_lasts_until_a_whole_day_is_missed():
    days = [Day(date(2026, 6, 1) + timedelta(days=n), sent=sent) for n, sent in enumerate((1, 0, 2, 1, 3, 0))]
    assert streak_of(in_weeks(days)) == 3
    assert streak_of(in_weeks([*days, Day(date(2026, 6, 7))])) == 0
    assert streak_of([]) == 0


def test_the_map_has_a_square_for_each_day_and_says_what_is_in_it():
    days = [Day(date(2026, 6, 1) + timedelta(days=n)) for n in range(10)]
    days[2].sent, days[2].solved, days[2].seconds = 7, 1, 3900
    drawn = heat_map(in_weeks(days), 53)
    assert drawn.count("<rect") == 10
    assert '<rect class="shade-3" x="28" y="46"><title>3 Jun 2026: 7 sent, 1 solved, 1 h 5 min</title></rect>' in drawn
    assert "in the last 2 weeks: 7 sent on 1 days" in drawn


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "none yet"), (20, "under a minute"), (90, "2 min"), (3600, "1 h"), (5000, "1 h 23 min")]
)
def test_spans_of_time_are_told_in_hours_and_minutes(seconds, said):
    assert duration(seconds) == said


def test_only_all_of_it_is_a_hundred_percent():
    assert [percent(share) for share in (0, 0.5, 0.999, 1)] == [0, 50, 99, 100]


def test_it_costs_the_same_number_of_queries_however_much_there_is(graded, ana, as_ana, tiny):
    graded(score=40)
    few, text = asked(as_ana)
    for column in ("versionarchive", '"source"', "statement_html"):
        assert column not in text
    for number in range(30):
        challenge = other_than(tiny, f"more-{number}")
        Standing.objects.create(user=ana, challenge=challenge, state="tried", best=5)
        at = datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=number)
        Activity.objects.create(user=ana, quarter=at, sent=3)
    for _ in range(4):
        graded(score=30)
    assert asked(as_ana)[0] == few <= 14
