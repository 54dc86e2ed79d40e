"""Which challenges to go on with: those that share topics."""

from collections import Counter
from typing import Any

from grader.model import Verdict
from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge
from gradetape.submissions.models import Submission

SHOWN = 4


def related_to(challenge: Challenge, user: User) -> list[dict[str, Any]]:
    """Up to four challenges with their shared topics, the closest first, solved ones last. Two queries.

    A topic counts the more the fewer challenges have it: sharing "gradients" says more than sharing "keras".
    """
    columns = ("pk", "slug", "title", "difficulty", "topics")
    listed = list(Challenge.objects.visible_to(user).order_by("title").values(*columns))
    frequency = Counter(topic for row in listed for topic in set(row["topics"]))
    mine = set(challenge.topics)
    solved = set(
        Submission.objects.filter(candidate=user)
        .graded()
        .filter(verdict=Verdict.ACCEPTED)
        .values_list("version__challenge", flat=True)
    )
    found = []
    for row in listed:
        shared = [topic for topic in row["topics"] if topic in mine]
        if shared and row["pk"] != challenge.pk:
            nearness = sum(1 / frequency[topic] for topic in shared)
            found.append((row["pk"] in solved, -nearness, row | {"shared": shared, "solved": row["pk"] in solved}))
    return [row for *_, row in sorted(found, key=lambda one: one[:2])[:SHOWN]]
