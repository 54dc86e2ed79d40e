"""Reviews for tests: an interview with a rubric, somebody who sat it, and what reviewers send."""

from typing import Any
from uuid import UUID

from django.test import Client
from support import MANIFEST

from grader.package import Package
from gradetape.accounts.models import User
from gradetape.interviews.models import Interview, Sitting
from gradetape.reviews.reading import recommendations_of

REVIEW = """# For interviewers

Be kind.

## Rubric

| criterion | 0 | 1 | 2 | 3 | 4 |
| --- | --- | --- | --- | --- | --- |
| Clarity of `double` | none | little | some | much | all |
| Tests | none | one | *two* | three | by property |

## Follow-up questions

**What about strings?** They double as well.
"""


def totals_seen(interview: Interview, viewer: User) -> dict[UUID, list[float | None]]:
    """What the reviews of each sitting come to that somebody may see, the lowest first."""
    seen = recommendations_of(interview, viewer)
    return {
        sitting: sorted((one.total for one in said), key=lambda total: total or 0) for sitting, said in seen.items()
    }


def reviewed_package(review: str = REVIEW, slug: str = "doubling") -> Package:
    """A small challenge with a rubric."""
    files = {
        "challenge.toml": MANIFEST, "statement.md": "# Doubling\n\nDouble it.\n", "probes.py": "", "checks.py": "",
        "starter.py": "def double(x):\n    ...\n", "reference.py": "# planted-reference\n", "review.md": review,
    }  # fmt: skip
    return Package(slug, {name: content.encode() for name, content in files.items()})


class Reviewer:
    """An interviewer at the page of one sitting."""

    def __init__(self, client: Client, sitting: Sitting) -> None:
        self.client = client
        self.base = f"/interviews/{sitting.interview.pk}/candidates/{sitting.pk}/"

    def page(self, address: str = "", /, **asked: Any) -> Any:
        return self.client.get(f"{self.base}{address}", asked)

    def put(self, address: str, /, **body: Any) -> Any:
        return self.client.put(f"{self.base}{address}", body, content_type="application/json")

    def post(self, address: str, /, **fields: Any) -> Any:
        return self.client.post(f"{self.base}{address}", fields)

    def score(self, criterion: str, level: int | None, was: int | None = None, slug: str = "doubling") -> Any:
        return self.put(f"rubric/{slug}/{criterion}/", level=level, was=was)

    def recommend(self, choice: str, was: str = "") -> Any:
        return self.put("recommendation/", choice=choice, was=was)

    def write(self, kind: str, source: str, revision: int = 0) -> Any:
        return self.put(f"words/{kind}/", source=source, revision=revision)

    def comment(self, submission: Any, line: int, source: str, revision: int = 0) -> Any:
        return self.put(f"attempts/{submission.pk}/lines/{line}/", source=source, revision=revision)

    def done(self, choice: str = "yes") -> Any:
        """Advise and be done."""
        answer = self.recommend(choice)
        assert answer.status_code == 200, answer.text
        return self.post("done/")
