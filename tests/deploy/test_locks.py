"""The locks: everything pinned and hashed, nothing about where it comes from, TensorFlow only where it belongs."""

import re

import pytest

from deploy.environment import ROOT

REQUIREMENTS = ROOT / "requirements"
NAMES = ("web", "worker", "dev", "gpu")


def pins(name: str) -> dict[str, str]:
    text = (REQUIREMENTS / f"{name}.txt").read_text()
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_says_nothing_about_where_packages_come_from(name: str) -> None:
    for line in (REQUIREMENTS / f"{name}.txt").read_text().splitlines():
        assert re.fullmatch(r"[a-z0-9._\[\]-]+==\S+( ; .*)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line), line


@pytest.mark.parametrize("name", NAMES)
def test_every_pin_has_a_hash(name: str) -> None:
    text = (REQUIREMENTS / f"{name}.txt").read_text()
    assert len(pins(name)) == len(re.findall(r"==[^\n]*\\\n    --hash=", text)) > 10


def test_the_web_never_installs_tensorflow_or_numpy() -> None:
    assert not {"tensorflow", "keras", "numpy", "scipy", "pyseccomp"} & set(pins("web"))


def test_a_worker_grades_with_the_promised_tensorflow() -> None:
    assert pins("worker")["tensorflow"].startswith("2.21.")


@pytest.mark.parametrize(("smaller", "larger"), [("web", "worker"), ("worker", "dev"), ("worker", "gpu")])
def test_a_larger_set_holds_the_smaller_one_at_the_same_versions(smaller: str, larger: str) -> None:
    assert pins(smaller).items() <= pins(larger).items()
