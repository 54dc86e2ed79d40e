"""What candidates are told most often, as classes: without anybody's values, texts or code.

What a result says may quote what the candidate's code made. So a class is a sentence of ours wherever the engine names
the kind, and else the message without its numbers and quotations.
"""

import re
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.fields.json import KT

from grader.model import Outcome
from grader.telling import KNOWN
from gradetape.insights.figures.cases import UNJUDGED
from gradetape.insights.figures.sample import Sample
from gradetape.submissions.models import CaseResult

SHOWN = 12
# Messages with numbers in them differ from one another; the commonest of them are enough to name the classes.
READ = 2_000
LONGEST = 160
KINDS = {
    "values": "The values differ.",
    "shape": "The shape differs.",
    "dtype": "The dtype differs.",
    "nan": "Values are not finite.",
    "factor": "The values are off by a constant factor.",
    "offset": "The values are off by a constant.",
    "sign": "The sign is turned around.",
    "one": "A single value is off.",
    "zero": "All values are zero.",
    "transpose": "The values are in another order.",
    "structure": "The answer is built differently.",
    "type": "The type differs.",
}
ENDS = {
    Outcome.TIME_LIMIT: "It ran out of time.",
    Outcome.MEMORY_LIMIT: "It needed too much memory.",
    Outcome.CRASHED: "The process ended before the case was done.",
}
RAISED = re.compile(r"(?:Your code raised )?(\w+)(?::|\.$)")
# A text in quotes, or one that was cut and never ends; numbers in all their forms.
QUOTED = re.compile(r"'(?:[^'\\]|\\.)*(?:'|$)|\"(?:[^\"\\]|\\.)*(?:\"|$)")
NUMBER = re.compile(r"(?<![A-Za-z_])[-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?j?|\b(?:nan|inf)\b")


@dataclass(frozen=True)
class Diagnosis:
    """So many failed a case in the same way."""

    case: str
    title: str
    outcome: str
    words: str
    count: int


def diagnoses_of(sample: Sample) -> list[Diagnosis]:
    """The commonest, the most frequent one first; one query."""
    failed = CaseResult.objects.filter(submission__in=sample.all).exclude(outcome__in=(*UNJUDGED, Outcome.PASSED))
    grouped = failed.order_by().annotate(kind=KT("difference__kind")).values(
        "case", "outcome", "message", "forbidden", "kind"
    ).annotate(count=Count("pk")).order_by("-count", "case")[:READ]  # fmt: skip
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in grouped:
        said = words_of(row["outcome"], row["message"], kind=row["kind"], forbidden=row["forbidden"])
        counts[row["case"], row["outcome"], said] += row["count"]
    titles = {case["id"]: case["title"] for case in sample.version.cases}
    return [
        Diagnosis(case, titles.get(case, case), outcome, words, count)
        for (case, outcome, words), count in counts.most_common(SHOWN)
    ]


def words_of(outcome: str, message: str, *, kind: str | None = None, forbidden: bool = False) -> str:
    """The class of what was told."""
    if forbidden:
        return "It calls what is not allowed."
    if outcome in ENDS:
        return ENDS[Outcome(outcome)]
    if outcome == Outcome.ERROR:
        return _raised(message)
    if kind in KINDS:
        return KINDS[kind]
    return masked(message)


def masked(message: str) -> str:
    """The first line of a message, with dots for numbers and quotations."""
    text = message.strip().partition("\n")[0]
    text = NUMBER.sub("…", QUOTED.sub("…", text))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _raised(message: str) -> str:
    """Exceptions by their names, where these are Python's or TensorFlow's own."""
    found = RAISED.match(message)
    if found and found[1] in KNOWN:
        return f"{found[1]} is raised."
    if message.startswith("A name is missing"):
        return "A name is missing, or has another shape than the contract."
    return "It ends with an error."
