"""What must be true of every submission, whatever died while it was graded."""

from support import wait_until

from gradetape.submissions.models import OPEN, Ending, State, Submission
from gradetape.submissions.story import RESTARTED_NUMBER

CROWD = 50
PATIENCE = 150


def finished() -> int:
    return Submission.objects.filter(state=State.FINISHED).count()


def running() -> int:
    return Submission.objects.filter(state=State.RUNNING).count()


def await_all(submissions: list[Submission]) -> None:
    sent = [submission.pk for submission in submissions]
    wait_until(lambda: not Submission.objects.filter(pk__in=sent, state__in=OPEN).exists(), PATIENCE)


def assert_none_lost_none_doubled(submissions: list[Submission], verdict: str = "accepted", count: int = CROWD) -> None:
    """Each has one final verdict, and a story without a gap that ends once."""
    assert len(submissions) == count
    for submission in submissions:
        submission.refresh_from_db()
        assert (submission.state, submission.verdict) == (State.FINISHED, verdict), str(submission.attempts.all())
        attempts = list(submission.attempts.all())
        assert [attempt.number for attempt in attempts] == list(range(1, submission.attempt + 1))
        assert all(attempt.ended_at for attempt in attempts)
        graded = [attempt.ending == Ending.FINISHED for attempt in attempts]
        assert graded == [False] * (len(graded) - 1) + [verdict != "judge_error"]
        assert submission.cases.count() == (0 if verdict == "judge_error" else 3)
        assert_whole_story(submission)


def assert_whole_story(submission: Submission) -> None:
    """queued, a restart for each attempt that was lost, and all that the last attempt told, from 1 on."""
    rows = [(row.attempt, row.number, row.type) for row in submission.events.all()]
    restarts = [(number, RESTARTED_NUMBER, "restarted") for number in range(1, submission.attempt)]
    assert rows[: len(restarts) + 1] == [(0, 1, "queued"), *restarts]
    last = rows[len(restarts) + 1 :]
    assert [kind for _, _, kind in last].count("finished") == 1
    assert last[-1][2] == "finished"
    if submission.verdict != "judge_error":
        assert [row[:2] for row in last] == [(submission.attempt, number) for number in range(1, len(last) + 1)]
