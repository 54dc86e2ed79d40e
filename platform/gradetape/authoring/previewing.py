"""A statement as candidates will see it, with the facts of challenge.toml around it."""

from typing import Any

from grader.linting.description import Description
from gradetape.authoring.exceptions import AuthoringError
from gradetape.authoring.models import Project
from gradetape.catalog.statements import render
from gradetape.submissions.text import decoded

MARKDOWN = ("statement.md", "explanation.md", "review.md")


def context_of(project: Project, path: str, text: str) -> dict[str, Any]:
    """What the template of a preview needs; `html` is clean."""
    if path not in MARKDOWN:
        raise AuthoringError("Only Markdown has a preview.")
    if path != "statement.md":
        return {"html": render(text, with_title=True)}
    content = project.files.filter(path="challenge.toml").values_list("content", flat=True).first()
    manifest = Description(decoded(content)).manifest if content is not None else None
    return {"html": render(text), "challenge": manifest}
