"""Graded submissions without an engine, written into an installation's database by its own code.

    python -m tests.browser.planted_gradings ADDRESS NUMBER

One of the person with that address, which fails two cases of custom-layer, and NUMBER of others. Prints the first as
JSON.
"""

from __future__ import annotations

import json
import os
import random
import sys
from datetime import timedelta

import django
import msgspec

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gradetape.settings")
django.setup()

from django.utils import timezone  # noqa: E402 - models need the set-up above

from grader.events import CaseFinished, Timings  # noqa: E402
from grader.model import GradeResult, Outcome, Verdict  # noqa: E402
from gradetape.accounts.models import User  # noqa: E402
from gradetape.catalog.models import ChallengeVersion  # noqa: E402
from gradetape.submissions import attempts  # noqa: E402
from gradetape.submissions.models import Kind, Submission  # noqa: E402
from gradetape.submissions.teller import Teller  # noqa: E402

MESSAGES = (
    "The values differ from the expected ones.",
    "The shape differs from the expected one.",
    "Your code raised ValueError.",
)
SOURCE = b"import keras\n\n\nclass CustomDenseLayer(keras.layers.Layer):\n    def call(self, x):\n        return x\n"
TIMINGS = Timings(jail_ms=1.0, first_case_ms=2.0, total_ms=3.0, cpu_s=0.1)


def result(version: ChallengeVersion, fails: dict[str, str]) -> GradeResult:
    """The result of a submission that fails these cases, each with a message."""
    cases = tuple(
        CaseFinished(
            case=case["id"], part=case["part"], title=case["title"], points=case["points"],
            earned=0 if case["id"] in fails else case["points"], sample=case["sample"],
            outcome=Outcome.FAILED if case["id"] in fails else Outcome.PASSED,
            hint="Look at what is multiplied." if case["id"] in fails else None, message=fails.get(case["id"]),
        )
        for case in version.cases
    )  # fmt: skip
    score = sum(case.earned for case in cases)
    verdict = Verdict.ACCEPTED if not fails else Verdict.PARTIAL if score else Verdict.WRONG_ANSWER
    output = {"stdout": "", "stderr": ""}
    return GradeResult("custom-layer", version.digest, 1, verdict, score, cases, None, None, output, TIMINGS)


def graded(who: User, version: ChallengeVersion, fails: dict[str, str], days: float) -> Submission:
    """A submission as a worker leaves it; no worker was rung for it."""
    made = Submission.objects.create(candidate=who, version=version, kind=Kind.SUBMIT, source=SOURCE, seed=1)
    claim = attempts.claim(submission_id=made.pk, worker="planting")
    assert claim
    teller, came = Teller(made.pk, claim.attempt), result(version, fails)
    for case in came.cases:
        data = msgspec.to_builtins(case)
        teller.tell(data.pop("type"), data)
    assert attempts.finish(claim=claim, result=came, teller=teller)
    Submission.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=days))
    return made


def main(address: str, number: int) -> None:
    """All of them. Some cases are hard, one is never failed, and one is failed by those who are good at the rest."""
    version = ChallengeVersion.objects.select_related("challenge").get(challenge__slug="custom-layer")
    ids, draw = [case["id"] for case in version.cases], random.Random(1)
    for i in range(number):
        who = User.objects.create_user(f"planted{i}-{address}", None)
        skill = draw.random()
        for attempt in range(draw.randint(1, 3)):
            able = skill + attempt / 3
            fails = [case for place, case in enumerate(ids[2:], 2) if draw.random() * len(ids) < (1.1 - able) * place]
            fails += [ids[1]] if 0.5 < able < 1 else []
            graded(who, version, {case: draw.choice(MESSAGES) for case in fails}, days=draw.random() * 100)
    mine = graded(User.objects.get(email=address), version, dict.fromkeys(ids[2:4], MESSAGES[0]), days=0)
    failed = [case["title"] for case in version.cases][2]
    sys.stdout.write(
        json.dumps(
            {
                "url": mine.get_absolute_url(),
                "id": str(mine.pk),
                "case": ids[2],
                "title": failed,
                "challenge": version.challenge.title,
            }
        )
    )


main(sys.argv[1], int(sys.argv[2]))
