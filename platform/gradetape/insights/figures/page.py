"""All figures of a version, for its page; the number of queries is the same however much there is."""

from typing import Any

from gradetape.catalog.models import ChallengeVersion
from gradetape.insights.figures.cases import case_figures
from gradetape.insights.figures.diagnoses import diagnoses_of
from gradetape.insights.figures.sample import sample_of
from gradetape.insights.figures.ways import attempts_to_solve, scores, seconds_to_solve, weekly


def figures_of(version: ChallengeVersion) -> dict[str, Any]:
    """The context of the page; seven queries, or two where nothing was graded."""
    sample = sample_of(version)
    if not sample.sent:
        return {"sample": sample}
    cases = case_figures(sample)
    return {
        "sample": sample,
        "cases": cases,
        "advice": [case for case in cases if case.advice],
        "diagnoses": diagnoses_of(sample),
        "attempts": attempts_to_solve(sample.sent),
        "seconds": seconds_to_solve(sample),
        "scores": scores(sample.sent),
        "weeks": weekly(version, sample.sent[-1].at),
    }
