"""Candidates with graded submissions, written into an installation's database: `manage.py shell` runs this with
EMAIL (the interviewer's), NAMES and SOURCES set.
"""

from __future__ import annotations

PLANT = """
from datetime import timedelta
from django.utils import timezone
from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge
from gradetape.interviews.actions import invite, setup
from gradetape.interviews.models import Interview, Invitation, Sitting
from gradetape.reviews.models import Comment, Override, Review, Words
from gradetape.submissions.models import CaseResult, Kind, State, Submission

User.objects.filter(email=EMAIL).update(role="interviewer")
ines = User.objects.get(email=EMAIL)
challenges = list(Challenge.objects.filter(slug__in=["custom-layer", "custom-loss"]).order_by("slug"))
interview = Interview(title="Layers and losses", minutes=60)
setup.set_up(interview=interview, asked=[setup.Asked(one, weight) for one, weight in zip(challenges, (2, 1))], by=ines)
setup.open_up(interview=interview)
now = timezone.now()
for place, name in enumerate(NAMES):
    made = invite.invite(
        interview=interview, text=f"{name} <person{place}@candidates.example.org>", expires_at=now + timedelta(days=1)
    )
    guest = User.objects.create(email=f"guest{place}.{EMAIL}", display_name=name, role="candidate")
    invitation = Invitation.objects.get(interview=interview, email=f"person{place}@candidates.example.org")
    began = now - timedelta(minutes=58 - 3 * place)
    finished = None if place == len(NAMES) - 1 else began + timedelta(minutes=30 + 2 * place)
    sitting = Sitting.objects.create(
        invitation=invitation, candidate=guest, started_at=began, minutes=60, deadline=began + timedelta(minutes=60),
        finished_at=finished, ending="handed_in" if finished else "",
    )
    for nth, task in enumerate(interview.tasks.select_related("version")):
        if (place + nth) % 5 == 4:
            continue
        cases = task.version.cases
        earned = [case["points"] if (at * 7 + place * 3 + nth) % 4 else 0 for at, case in enumerate(cases)]
        score = 100 * sum(earned) / sum(case["points"] for case in cases)
        sent = Submission.objects.create(
            candidate=guest, version=task.version, kind=Kind.SUBMIT, source=SOURCES[place % len(SOURCES)].encode(),
            seed=1, state=State.FINISHED, verdict="partial", score=score,
            created_at=began + timedelta(minutes=7 + nth * 5, seconds=place), finished_at=now,
        )
        CaseResult.objects.bulk_create(
            CaseResult(
                submission=sent, position=at, case=case["id"], part=case["part"], title=case["title"],
                points=case["points"], earned=points, outcome="passed" if points else "failed", sample=case["sample"],
            )
            for at, (case, points) in enumerate(zip(cases, earned))
        )
        if place == 0 and nth == 0:
            lost = next(case for case, points in zip(cases, earned) if not points)
            Override.objects.create(
                submission=sent, case=lost["id"], was=0, points=lost["points"], by=ines,
                reason="The statement could be read either way; their reading is right, too.",
            )
            review = Review.objects.create(sitting=sitting, reviewer=ines, recommendation="yes", done_at=now)
            Words.objects.create(review=review, kind="summary", text="Careful, and quick to test.\\nExplains well.")
            Comment.objects.create(review=review, submission=sent, line=5, text="Good name.")
"""


def planting(email: str, names: list[str], sources: list[str]) -> str:
    """The code to run: sources go round, so that with fewer of them than names some candidates sent the same."""
    return f"EMAIL, NAMES, SOURCES = {email!r}, {names!r}, {sources!r}\n{PLANT}"
