"""Every template compiles: a misspelt tag is found here, not by whoever opens the page."""

from pathlib import Path

import pytest
from django.template.loader import get_template

from deploy.environment import ROOT

FOLDER = ROOT / "platform" / "gradetape" / "templates"
NAMES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.suffix in (".html", ".txt"))


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles(name: str) -> None:
    assert Path(get_template(name).origin.name) == FOLDER / name
