"""A validation tells what is planned, what lands and what that says so far, and stops when it is asked to."""

from __future__ import annotations

import msgspec
import pytest

from grader.exceptions import Cancelled
from grader.validation.plan import Trial
from grader.validation.story import CaseLanded, Event, Judged, Planned, TrialEnded, TrialStarted, Tried
from grader.validation.trying import attempt, validate
from tests.grader.toy import REFERENCE, toy

WRONG = "# caught by: scalar\n# why: three times\ndef double(x):\n    return x * 3\n"
MISSED = "# caught by: scalar\n# why: right for one number only\ndef double(x):\n    return x * 2\n"


def small(wrong: str = WRONG):
    return toy().with_files({"submissions/rejected/wrong.py": wrong.encode()})


@pytest.fixture
def told(engine):
    def run(package) -> tuple[list[Event], object]:
        events: list[Event] = []
        return events, validate(package, [engine], quick=True, tell=events.append)

    return run


def test_everything_is_told_in_its_order(told) -> None:
    events, report = told(small())
    plan, last = events[0], events[-1]
    assert isinstance(plan, Planned)
    assert [f"{trial.kind}/{trial.name}" for trial in plan.trials] == [
        "reference/reference.py", "reference/reference.py", "starter/starter.py", "rejected/wrong.py",
    ]  # fmt: skip
    assert plan.trials[-1].only == plan.trials[-1].caught_by == ["scalar"]
    assert isinstance(last, Judged)
    assert (last.problems, last.kill_score) == (report.problems, 1.0)
    of_first = [type(event) for event in events[1:-1] if event.trial == 0]
    assert of_first == [TrialStarted, CaseLanded, CaseLanded, CaseLanded, TrialEnded]


def test_the_kill_score_falls_with_the_trial_that_is_not_caught(told) -> None:
    events, _ = told(small(MISSED))
    ended = [event for event in events if isinstance(event, TrialEnded)]
    assert ended[-1].kill_score == 0.0
    assert "expected to be caught by scalar" in " ".join(events[-1].problems)


def test_events_are_plain_data_that_can_be_read_again(told) -> None:
    events, _ = told(small())
    tried = next(event.tried for event in events if isinstance(event, TrialEnded))
    assert msgspec.convert(msgspec.to_builtins(tried), Tried) == tried
    assert set(tried.cases) == {"scalar", "hidden_array", "secret_bound"}
    assert tried.cpu_s > 0
    assert all(msgspec.to_builtins(event)["type"] for event in events)


def test_a_plan_that_can_not_be_made_is_told_as_a_problem(told) -> None:
    events, report = told(small("def double(x):\n    return 1\n"))
    assert [type(event) for event in events] == [Planned]
    assert "caught by" in events[0].problems[-1]
    assert not report.sound


def test_a_validation_stops_within_a_trial(engine) -> None:
    events: list[Event] = []

    def stop() -> bool:
        return any(isinstance(event, CaseLanded) for event in events)

    with pytest.raises(Cancelled):
        validate(small("# caught by: scalar\nwhile True: pass\n"), [engine], tell=events.append, cancelled=stop)
    assert not any(isinstance(event, Judged) for event in events)


def test_one_trial_can_be_made_by_itself(engine) -> None:
    events: list[Event] = []
    trial = Trial("accepted", "right.py", REFERENCE.encode(), 5)
    tried = attempt(small(), 7, trial, engine, tell=events.append)
    assert tried.score == 100
    assert {event.trial for event in events} == {7}
    assert [event.case for event in events[1:]] == ["scalar", "hidden_array", "secret_bound"]
