"""The challenge that new projects begin with is itself sound."""

import pytest

from grader.linting.inspection import problems_of
from grader.package import REPOSITORY, Package, files_in
from grader.validation.trying import validate

FOLDER = REPOSITORY / "platform" / "gradetape" / "authoring" / "blank"


@pytest.fixture
def template() -> Package:
    return Package("blank", files_in(FOLDER))


def test_nothing_is_wrong_with_its_files(template):
    assert problems_of(template.files) == []


@pytest.mark.slow
def test_it_proves_itself_in_jails(template, engine):
    report = validate(template, [engine], quick=True)
    assert report.sound, report.problems
