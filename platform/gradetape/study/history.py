"""Attempts: what somebody has sent to one challenge, the best of it, and one beside another."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge
from gradetape.study.disclosure import Disclosure
from gradetape.submissions.models import CaseResult, Kind, Submission
from gradetape.submissions.models.submission import SubmissionQuerySet

PAGE = 25
COUNTED = (Kind.RUN, Kind.SUBMIT)


@dataclass(frozen=True)
class Change:
    """A case that ended differently; an outcome is None where the case was not part of that attempt."""

    title: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Best:
    """The best submission of all, and the best one sent before giving up (None where there is none)."""

    overall: Submission | None
    alone: Submission | None


def attempts_of(user: User, challenge: Challenge) -> SubmissionQuerySet:
    """One's own runs and submissions, the newest first."""
    return Submission.objects.filter(candidate=user, version__challenge=challenge, kind__in=COUNTED)


def page_of(attempts: SubmissionQuerySet, number: str) -> Page[Submission]:
    """A page of attempts; the nearest one where the number is none."""
    return Paginator(attempts.listed(), PAGE).get_page(number)


def best_of(attempts: SubmissionQuerySet, disclosure: Disclosure) -> Best:
    """The earliest of those with the highest score."""
    ranked = attempts.graded().only("score", "created_at").order_by("-score", "created_at")
    overall = ranked.first()
    if overall is None or disclosure.given_up_at is None:
        return Best(overall, overall)
    return Best(overall, ranked.filter(created_at__lt=disclosure.given_up_at).first())


def changes_between(before: Submission, after: Submission) -> list[Change]:
    """The cases whose outcome differs, in the order of the later attempt. One query."""
    outcomes: dict[Any, dict[str, str]] = {before.pk: {}, after.pk: {}}
    titles: dict[str, str] = {}
    rows = CaseResult.objects.filter(submission__in=[before, after]).order_by("position")
    for pk, case, title, outcome in rows.values_list("submission_id", "case", "title", "outcome"):
        outcomes[pk][case] = outcome
        titles[case] = title
    pairs = {case: (outcomes[before.pk].get(case), outcomes[after.pk].get(case)) for case in titles}
    return [Change(titles[case], *pair) for case, pair in pairs.items() if None not in pair and pair[0] != pair[1]]
