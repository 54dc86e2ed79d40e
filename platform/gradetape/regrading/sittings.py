"""What a regrade does to sittings: totals before and after, and which decisions rest on them.

Teams read of their own interviews what their pages tell them too. Everybody else learns that there is an interview.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count
from django.urls import reverse

from gradetape.accounts.models import User
from gradetape.interviews.models import Interview, Invitation, Sitting, Task
from gradetape.interviews.naming import names_of
from gradetape.regrading.models import Regrade
from gradetape.reviews.attempts import changed, changes_of
from gradetape.reviews.models import Recommendation, Review
from gradetape.submissions.models import Submission

MOST = 300
STRANGE_INTERVIEW, STRANGE_CANDIDATE = "an interview of others", "a candidate"
Scores = Mapping[UUID, float]


@dataclass(frozen=True)
class Touched:
    """A sitting of which some grading differs. Totals are in percent, by the tasks' weights.

    `reviews`: how many are done; `decisions` are what those of them recommend that the viewer may read. `link` leads
    to the review, for the interview's team; else it is empty.
    """

    interview: str
    candidate: str
    before: float
    after: float
    reviews: int
    decisions: Sequence[str]
    link: str


def touched_by(regrade: Regrade, user: User) -> list[Touched]:
    """The sittings, up to MOST of them, by interview. However many there are, the number of queries has a bound."""
    differing = regrade.rows.filter(is_changed=True)
    rows = Sitting.objects.filter(candidate__in=differing.values("submission__candidate"))
    rows = rows.select_related("invitation__interview").order_by("invitation__interview", "invitation__created_at")
    sittings = list(rows[:MOST])
    interviews = {one.invitation.interview_id for one in sittings}
    mine = Interview.objects.visible_to(user).filter(pk__in=interviews)
    names = _names(mine)
    before, after = _totals(regrade, sittings)
    done = Review.objects.filter(sitting__in=sittings, done_at__isnull=False)
    reviews = dict(done.order_by().values_list("sitting").annotate(number=Count("pk")))
    decisions = _decisions(user, sittings)
    return [
        Touched(
            interview=one.interview.title if one.invitation_id in names else STRANGE_INTERVIEW,
            candidate=names.get(one.invitation_id, STRANGE_CANDIDATE),
            before=before[one.pk], after=after[one.pk], reviews=reviews.get(one.pk, 0),
            decisions=decisions.get(one.pk, []) if one.invitation_id in names else [],
            link=reverse("interview_review", args=[one.interview.pk, one.pk]) if one.invitation_id in names else "",
        )
        for one in sittings
    ]  # fmt: skip


def _names(interviews: Iterable[Interview]) -> dict[UUID, str]:
    """What to call those who were invited to these interviews. One query for all."""
    rows = Invitation.objects.filter(interview__in=interviews).select_related("interview", "sitting__candidate")
    invited: dict[UUID, list[Invitation]] = defaultdict(list)
    for row in rows:
        invited[row.interview_id].append(row)
    return {pk: name for some in invited.values() for pk, name in names_of(some[0].interview, some).items()}


def _decisions(user: User, sittings: Sequence[Sitting]) -> dict[UUID, list[str]]:
    """Reviewers stay blind to one another here as well."""
    told: dict[UUID, list[str]] = defaultdict(list)
    done = Review.objects.visible_to(user).filter(sitting__in=sittings, done_at__isnull=False)
    for sitting, recommendation in done.values_list("sitting", "recommendation"):
        told[sitting].append(Recommendation(recommendation).label)
    return told


def _totals(regrade: Regrade, sittings: Sequence[Sitting]) -> tuple[dict[UUID, float], dict[UUID, float]]:
    """Before and after, by the sitting. Four queries."""
    people = {one.candidate_id: one for one in sittings}
    sent = Submission.objects.filter(candidate__in=people).graded()
    graded = list(sent.values_list("pk", "candidate", "version__challenge", "score"))
    changes = changes_of(people)
    present = {pk: changed(score or 0.0, changes.get(pk, 0.0)) for pk, _, _, score in graded}
    looked_at = regrade.rows.filter(submission__candidate__in=people, turn__isnull=False, fault="")
    rows = list(looked_at.values_list("submission", "was_counted", "counted"))
    was = present | {pk: counted for pk, counted, _ in rows if counted is not None}
    now = present | {pk: counted for pk, _, counted in rows if counted is not None}
    weights: dict[UUID, dict[int, int]] = defaultdict(dict)
    for task in Task.objects.filter(interview__in={one.invitation.interview_id for one in sittings}):
        weights[task.interview_id][task.challenge_id] = task.weight
    totals = []
    for scores in (was, now):
        best: dict[tuple[int, int], float] = defaultdict(float)
        for pk, candidate, challenge, _ in graded:
            best[candidate, challenge] = max(best[candidate, challenge], scores[pk])
        totals.append({one.pk: _total(one, weights[one.invitation.interview_id], best) for one in sittings})
    return totals[0], totals[1]


def _total(sitting: Sitting, weights: Mapping[int, int], best: Mapping[tuple[int, int], float]) -> float:
    earned = sum(weight * best.get((sitting.candidate_id, challenge), 0.0) for challenge, weight in weights.items())
    return round(earned / sum(weights.values()), 2) if weights else 0.0
