"""Figures over what was submitted to a version, held against lists of small numbers done by hand."""

import random
import statistics
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from failing import graded
from support import signed_in

from grader.model import Outcome
from gradetape.accounts.models import Role, User
from gradetape.catalog.actions import publish
from gradetape.catalog.models import Challenge
from gradetape.insights.figures import cases as case_page
from gradetape.insights.figures import sample as sampling
from gradetape.insights.figures.cases import case_figures
from gradetape.insights.figures.diagnoses import diagnoses_of, words_of
from gradetape.insights.figures.measures import FEWEST, Spread, Sums, discrimination, may_be_chance, spread
from gradetape.insights.figures.sample import Sent, sample_of
from gradetape.insights.figures.ways import Column, attempts_to_solve, monday, scores, seconds_to_solve, weekly
from gradetape.insights.templatetags.learning import columns, correlation, quartiles, signed, span, whole_percent
from gradetape.standings.models import Standing
from gradetape.submissions.models import CaseResult, Kind, State, Submission

START = datetime(2026, 5, 4, 12, tzinfo=UTC)  # a Monday
LEARN = "/studio/challenges/doubling/learn/"
POINTS = {"two": 40.0, "three": 35.0, "nothing": 25.0}


@pytest.fixture
def as_avi(db):
    return signed_in(User.objects.create_user("avi@example.org", "f-long-password", role=Role.AUTHOR))


@pytest.fixture
def sent(db, version):
    """Graded rows without a worker: `sent(["three"], who=user, at=...)`."""

    def make(fails=(), who=None, at=START, message="The shape differs.", outcome=Outcome.FAILED, on=version, **facts):
        who = who or User.objects.create_user(f"p{User.objects.count()}@example.org", None)
        score = sum(points for case, points in POINTS.items() if case not in fails)
        verdict = "accepted" if score == 100 else "partial" if score else "wrong_answer"
        facts = {"kind": Kind.SUBMIT, "state": State.FINISHED, "verdict": verdict, "score": score, **facts}
        made = Submission.objects.create(
            candidate=who, version=on, source=b"secret_source", seed=1, created_at=at, **facts
        )
        CaseResult.objects.bulk_create(
            CaseResult(
                submission=made, position=place, case=case["id"], part=case["part"], title=case["title"],
                points=case["points"], sample=case["sample"],
                earned=0 if case["id"] in fails else case["points"],
                outcome=outcome if case["id"] in fails else Outcome.PASSED,
                message=message if case["id"] in fails else "",
            )
            for place, case in enumerate(on.cases)
        )  # fmt: skip
        return made

    return make


def figure(version, case):
    return next(one for one in case_figures(sample_of(version)) if one.id == case)


def by_hand(passed: list[int], rest: list[float]) -> float:
    """The correlation of Pearson, of which the point-biserial one is a special case."""
    return statistics.correlation(passed, rest)


def sums(passed: list[int], rest: list[float]) -> Sums:
    return Sums(
        len(rest),
        sum(passed),
        sum(rest),
        sum(one * one for one in rest),
        sum(map(float.__mul__, rest, map(float, passed))),
    )


@pytest.mark.parametrize("seed", range(5))
def test_discrimination_is_the_correlation_of_passing_with_the_remaining_score(seed):
    draw = random.Random(seed)
    rest = [float(draw.randint(0, 80)) for _ in range(60)]
    passed = [int(one + draw.gauss(0, 30) > 40) for one in rest]
    found = discrimination(sums(passed, rest))
    assert found == pytest.approx(by_hand(passed, rest), abs=1e-9)


def test_discrimination_of_what_separates_wholly_and_the_wrong_way():
    rest = [0.0] * 15 + [60.0] * 15
    assert discrimination(sums([0] * 15 + [1] * 15, rest)) == pytest.approx(1)
    assert discrimination(sums([1] * 15 + [0] * 15, rest)) == pytest.approx(-1)


@pytest.mark.parametrize(
    ("passed", "rest"),
    [
        ([1, 0] * 9, [1.0, 0.0] * 9),
        ([1] * 30, [float(n) for n in range(30)]),
        ([0] * 30, [float(n) for n in range(30)]),
        ([1, 0] * 15, [33.3] * 30),
    ],
)
def test_there_is_none_of_too_few_or_where_nothing_varies(passed, rest):
    assert discrimination(sums(passed, rest)) is None


def test_what_may_be_chance_hangs_on_how_many_there_are():
    assert may_be_chance(-0.3, 20)
    assert not may_be_chance(-0.3, 100)


def test_quartiles_of_few_and_of_many():
    assert spread([]) is None
    one = spread([4])
    assert one
    assert (one.low, one.middle, one.high, one.count) == (4, 4, 4, 1)
    many = spread([1, 2, 3, 4, 5])
    assert many
    assert (many.low, many.middle, many.high) == (2, 3, 4)


def test_first_attempts_are_told_from_all(version, sent, ana, bob):
    sent(["three", "two"], ana, START)
    sent(["three"], ana, START + timedelta(minutes=5))
    sent([], ana, START + timedelta(minutes=9))
    sent([], bob, START + timedelta(minutes=1))
    three, two, nothing = (figure(version, case) for case in ("three", "two", "nothing"))
    assert (three.first.failed, three.first.count, three.all.failed, three.all.count) == (1, 2, 2, 4)
    assert (two.first.failed, two.all.failed, nothing.all.failed) == (1, 1, 0)
    assert three.all.share == 0.5


def test_a_first_attempt_at_another_version_makes_later_ones_no_first(version, sent, ana, tiny):
    second = publish(package=tiny(statement="# Other\n")).version
    sent(["three"], ana, START, on=version)
    sent(["three"], ana, START + timedelta(minutes=5), on=second)
    assert figure(second, "three").first.count == 0
    assert figure(second, "three").all.count == 1


def test_what_does_not_count_is_left_out(version, sent, ana):
    sent([], ana, kind=Kind.RUN)
    sent(["two"], ana, verdict="judge_error")
    sent([], ana, state=State.CANCELLED, verdict=None, score=None)
    assert sample_of(version).total == 0
    sent(["two"], ana, outcome=Outcome.NOT_RUN)
    assert figure(version, "two").all.count == 0
    assert figure(version, "three").all.count == 1


def test_the_database_and_the_plain_numbers_agree_on_discrimination(version, sent):
    draw = random.Random(7)
    rows = []
    for _ in range(40):
        skill = draw.random()
        fails = [case for case in POINTS if draw.random() > skill]
        sent(fails)
        rows.append(fails)
    for case in POINTS:
        passed = [int(case not in fails) for fails in rows]
        rest = [float(sum(p for one, p in POINTS.items() if one not in fails and one != case)) for fails in rows]
        assert figure(version, case).discrimination == pytest.approx(by_hand(passed, rest))


def test_only_the_first_attempts_of_people_discriminate(version, sent, ana):
    for number in range(FEWEST + 5):
        sent(["three"] if number % 2 else [], ana, START + timedelta(minutes=number))
    found = figure(version, "three")
    assert found.discrimination is None
    assert found.why_not == f"too few: 1 of {FEWEST} people"


@pytest.mark.parametrize(
    ("ways", "case", "said"),
    [
        ([[]] * FEWEST, "two", "Nobody fails"),
        ([["two"]] * FEWEST, "two", "Everybody fails"),
        ([["two"], ["three", "nothing"]] * FEWEST, "two", "Those who do well otherwise"),
        ([["two", "three", "nothing"], []] * FEWEST, "two", ""),
        ([[]] * (FEWEST - 1), "two", ""),
    ],
)
def test_advice_names_what_stands_out(version, sent, ways, case, said):
    for fails in ways:
        sent(fails)
    advice = figure(version, case).advice
    assert advice.startswith(said)
    assert bool(advice) == bool(said)


def test_one_person_who_fails_again_and_again_gives_no_advice(version, sent, ana):
    for number in range(FEWEST + 5):
        sent(["two"], ana, START + timedelta(minutes=number))
    assert figure(version, "two").advice == ""


def test_advice_says_when_it_may_be_chance():
    first = Sums(30, 15, 900, 40_000, 400)
    assert "may be chance" in case_page.advice(first, first, 30, -0.1)
    assert "may be chance" not in case_page.advice(first, first, 30, -0.6)


def test_attempts_are_counted_to_the_first_that_is_accepted():
    def one(who, verdict, first=False):
        return Sent(who, START, 0, verdict, first)

    way = [one(1, "partial", True), one(2, "accepted", True), one(1, "partial"), one(1, "accepted"), one(1, "accepted")]
    unfinished, unknown = [one(3, "partial", True)], [one(4, "partial"), one(4, "accepted")]
    found = attempts_to_solve([*way, *unfinished, *unknown])
    assert found
    assert (found.count, found.low, found.middle, found.high) == (2, 1.5, 2, 2.5)


def test_time_to_solve_is_that_of_those_who_solved_this_version(version, sent, tiny, ana, bob, ada):
    second = publish(package=tiny(statement="# Other\n")).version
    for who, on, seconds, state in (
        (ana, version, 600, "solved"),
        (bob, version, 50, "tried"),
        (ada, second, 9, "solved"),
    ):
        best = sent([], who, on=on)
        Standing.objects.create(
            user=who, challenge=version.challenge, state=state, seconds=seconds, best_submission=best
        )
    found = seconds_to_solve(sample_of(version))
    assert found
    assert (found.middle, found.count) == (600, 1)


def test_scores_and_weeks_are_counted(version, sent):
    sent([], at=START)
    sent(["nothing"], at=START + timedelta(days=6, hours=11))
    sent(["two", "three", "nothing"], at=START + timedelta(days=7))
    heights = {one.label: one.height for one in scores(sample_of(version).sent)}
    assert {label: height for label, height in heights.items() if height} == {"0": 1, "70": 1, "100": 1}
    weeks = weekly(version, START + timedelta(days=7))
    assert len(weeks) == 26
    assert [one.height for one in weeks[-3:]] == [0, 2, 1]
    assert weeks[-1].words == "week of 11 May 2026"


def test_weeks_begin_on_monday_at_midnight():
    assert monday(datetime(2026, 5, 10, 23, 59, tzinfo=UTC)) == datetime(2026, 5, 4, tzinfo=UTC)
    assert monday(datetime(2026, 5, 4, tzinfo=UTC)) == datetime(2026, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "message", "facts", "told"),
    [
        ("failed", "output: expected the shape (3, 2), received (2, 3).", {"kind": "shape"}, "The shape differs."),
        ("failed", "loss: expected at most 0.5, received 0.7312.", {}, "loss: expected at most …, received …."),
        ("failed", "keys: missing: ['alpha', \"be'ta\"].\nmore", {}, "keys: missing: […, …]."),
        ("failed", "name: expected 'relu', received 'my_sec...", {}, "name: expected …, received …"),
        ("failed", "weight_3: expected -1.5e-07, received nan.", {}, "weight_3: expected …, received …."),
        ("failed", "calls keras.layers.Dense", {"forbidden": True}, "It calls what is not allowed."),
        ("error", "ValueError: my_secret is 7", {}, "ValueError is raised."),
        ("error", "Your code raised InvalidArgumentError.", {}, "InvalidArgumentError is raised."),
        ("error", "MySecretError: 7", {}, "It ends with an error."),
        ("error", "A name is missing in your file", {}, "A name is missing, or has another shape than the contract."),
        ("time_limit", "It ran out of time. my_secret", {}, "It ran out of time."),
    ],
)
def test_what_is_told_is_named_without_values_and_code(outcome, message, facts, told):
    assert words_of(outcome, message, **facts) == told


def test_a_long_message_is_cut():
    assert len(words_of("failed", "word " * 100)) == 160


def test_the_commonest_diagnoses_come_first(version, sent):
    for number in range(3):
        sent(["three"], message=f"loss: expected at most 0.5, received {number}.")
    sent(["two"], message="ValueError: x", outcome=Outcome.ERROR)
    found = diagnoses_of(sample_of(version))
    assert [(one.title, one.outcome, one.count) for one in found] == [("Three", "failed", 3), ("Two", "error", 1)]


def test_the_newest_are_taken_where_there_are_many(version, sent, ana, as_avi, monkeypatch):
    monkeypatch.setattr(sampling, "MOST", 3)
    for number in range(5):
        sent(["three"] if number < 2 else [], ana, START + timedelta(minutes=number))
    sample = sample_of(version)
    assert (sample.total, len(sample.sent), sample.is_cut) == (5, 3, True)
    assert [one.is_first for one in sample.sent] == [False, False, False]
    assert figure(version, "three").all.failed == 0
    assert b"over the newest 3 of them" in as_avi.get(LEARN).content


def test_the_page_shows_the_live_version_or_the_one_that_is_asked_for(version, sent, tiny, as_avi):
    sent(["three"])
    publish(package=tiny(statement="# Other\n"))
    page = as_avi.get(LEARN)
    assert page.context["version"].number == 2
    assert b"Nothing is graded with version 2 yet" in page.content
    page = as_avi.get(f"{LEARN}?version=1")
    assert page.context["version"].number == 1
    assert b"secret_source" not in page.content
    assert b"p0@example.org" not in page.content
    for wrong in ("3", "x", "01"):
        assert as_avi.get(f"{LEARN}?version={wrong}").status_code == 404


def test_what_was_withdrawn_can_still_be_learned_from(version, sent, as_avi):
    sent(["three"])
    Challenge.objects.update(live=None)
    assert as_avi.get(LEARN).context["version"] == version
    assert b"withdrawn" in as_avi.get("/studio/challenges/").content


def test_the_list_says_how_many_solved_each(version, send, take, ana, bob, as_avi):
    assert b"nobody has tried" in as_avi.get("/studio/challenges/").content
    graded(send, take, ana, ["three"])
    graded(send, take, ana)
    graded(send, take, bob, ["two"])
    row = as_avi.get("/studio/challenges/").context["rows"][0]
    assert (row.submissions, row.tried, row.solved, row.reports) == (3, 2, 1, 0)


def test_nothing_published_is_said(as_avi):
    assert b"Nothing is published yet" in as_avi.get("/studio/challenges/").content


def asked(client, address) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_pages_cost_the_same_number_of_queries_however_much_there_is(version, sent, tiny, as_avi):
    sent(["three"])
    few = asked(as_avi, LEARN)
    listed = asked(as_avi, "/studio/challenges/")
    for number in range(30):
        sent(["two"], message=f"message {number}")
    for number in range(4):
        publish(package=tiny(slug=f"more-{number}"))
    assert asked(as_avi, LEARN) == few <= 14
    assert asked(as_avi, "/studio/challenges/") == listed <= 6


def test_drawings_say_what_they_show():
    weeks = weekly_like(3, 0, 6)
    drawn = columns(weeks, "Submissions by the week")
    assert 'aria-label="Submissions by the week. The table below says more."' in drawn
    assert drawn.count("<rect") == 3
    assert "<title>week 2: 6</title>" in drawn
    assert 'class="fill-less" x="35.0" width="15.0"' in correlation(-0.3)
    assert 'class="fill" x="50.0" width="15.0"' in correlation(0.3)
    assert 'class="half" x="53.3" width="26.7"' in quartiles(Spread(2, 2.5, 3, 9))


def weekly_like(*heights):
    return [Column(str(n), f"week {n}", height) for n, height in enumerate(heights)]


@pytest.mark.parametrize(("number", "said"), [(-0.234, "−0.23"), (-0.001, "0.00"), (0.5, "0.50")])
def test_correlations_are_written_with_two_decimals(number, said):
    assert signed(number) == said


@pytest.mark.parametrize(("share", "said"), [(None, "–"), (0, "0 %"), (0.001, "1 %"), (0.999, "99 %"), (1, "100 %")])
def test_shares_are_none_or_all_only_where_that_is_so(share, said):
    assert whole_percent(share) == said


def test_spans_of_time_are_said_in_words():
    assert span(Spread(0, 10, 20, 4)) == "half of them under a minute"
    assert span(Spread(0, 900, 3900, 4)) == "half of them between under a minute and 1 h 5 min"
