"""Tolerance advice: the natural error is measured in jails, and what can't be told is not made up."""

from __future__ import annotations

import pytest

from grader import seeds
from grader.package import Package
from grader.validation.tolerance import Advice, Fit, Measured, advise, margins, natural
from tests.grader.toy import FILES

MANIFEST = """
title = "Sums"
summary = "A layer that sums."
kind = "coding"
difficulty = "easy"
topics = ["layers"]
runtime = "keras3"
minutes = 5
[limits]
cpu_seconds = 60
case_seconds = 20
[[contract]]
name = "Sum"
kind = "class"
[[parts]]
id = "only"
title = "All of it"
""" + "".join(
    f"""[[cases]]
id = "{case}"
part = "only"
points = {points}
sample = {"true" if case == "default" else "false"}
title = "{case}"
hint = "Sum."
{extra}
"""
    for case, points, extra in (
        ("default", 30, ""),
        ("tight", 20, "rtol = 1e-7\natol = 0.0"),
        ("loose", 20, "rtol = 0.05\natol = 0.0"),
        ("own", 10, ""),
        ("bound", 10, ""),
        ("drawn", 5, ""),
        ("single", 5, ""),
    )
)
PROBES = """
import numpy as np
import tensorflow as tf
from grader.probing import f32, probe

def positive(rng):
    return np.abs(f32(rng, 64, 100))

def summed(solution, rng):
    return {"sum": solution.Sum()(positive(rng))}

for case in ("default", "tight", "loose", "own", "bound"):
    probe(case)(summed)

@probe("drawn")
def drawn(solution, rng):
    return {"sum": tf.random.stateless_normal((4,), [1, 2], dtype=solution.Sum().compute_dtype)}

@probe("single")
def single(solution, rng):
    return {"sum": positive(rng).astype("float32").sum()}
"""
CHECKS = """
import json
from grader.checking import agree, at_least, check

measure = 3.0

@check("own")
def own(got, want, secret):
    assert json == 3.0 if False else json.dumps([measure]) == "[3.0]"
    agree(got["sum"], want["sum"], rtol=1e-3, atol=1e-3, what="sum")

@check("bound")
def bound(got, want, secret):
    at_least("sum", got["sum"].min(), 1.0)
"""
REFERENCE = """from __future__ import annotations
import keras

class Sum(keras.layers.Layer):
    def call(self, x):
        return keras.ops.sum(x, axis=-1)
"""
OFF = REFERENCE.replace("axis=-1)", "axis=-1) * 1.01")


@pytest.fixture(scope="module")
def package() -> Package:
    changed = {
        "challenge.toml": MANIFEST, "probes.py": PROBES, "checks.py": CHECKS, "reference.py": REFERENCE,
        "starter.py": "",
    }  # fmt: skip
    return Package("sums", {name: text.encode() for name, text in {**FILES, **changed}.items()})


@pytest.fixture(scope="module")
def found(engine, package) -> dict[str, Measured | str]:
    return natural(package, engine, seeds.pool(package)[0])


def test_a_usual_tolerance_is_some_hundred_times_the_natural_error(found) -> None:
    advice = advise("default", found["default"])
    assert advice.fit == Fit.GOOD
    assert (advice.rtol, advice.atol) == (1e-4, 1e-5)
    assert 0 < advice.share < 0.02


def test_a_tolerance_that_the_reference_nearly_fills_is_too_tight(found) -> None:
    advice = advise("tight", found["tight"])
    assert advice.fit == Fit.TIGHT
    assert "the reference itself moves by" in advice.words
    assert "at sum" in advice.words


def test_the_tolerance_of_an_authors_own_check_is_measured_too(found) -> None:
    advice = advise("own", found["own"])
    assert (advice.fit, advice.rtol) == (Fit.GOOD, 1e-3)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("bound", "nothing here is decided by a tolerance"),
        ("drawn", "another computation"),
        ("single", "nothing of it was computed in float64"),
    ],
)
def test_it_says_so_where_nothing_can_be_told(found, case: str, reason: str) -> None:
    advice = advise(case, found[case])
    assert advice.fit == Fit.UNKNOWN
    assert reason in advice.words
    assert advice.share is None


def test_a_wrong_solution_within_a_loose_tolerance_is_named(engine, package, found) -> None:
    off = margins(package, engine, seeds.pool(package)[0], OFF.encode(), {"loose", "default"})
    assert 0.15 < off["loose"] < 0.25
    assert off["default"] > 1
    advice = advise("loose", found["loose"], [("rejected/off.py", off["loose"])])
    assert advice.fit == Fit.LOOSE
    assert advice.escaping == ["rejected/off.py"]
    assert "would also catch rejected/off.py" in advice.words


def test_a_wide_tolerance_that_lets_nothing_through_says_that() -> None:
    seen = Measured(1e-6, "", 0.1, 0.1, 1e-7, leaves=1, wide=True, moved=True, trouble="")
    advice = advise("case", seen, [("rejected/hidden.py", 1e-6)])
    assert (advice.fit, advice.escaping) == (Fit.LOOSE, [])
    assert "No wrong solution" in advice.words
    assert "1,000,000 times" in advice.words


def test_an_error_where_none_is_allowed_is_too_tight() -> None:
    seen = Measured(-1.0, "x", 0.0, 0.0, 1e-7, leaves=1, wide=True, moved=True, trouble="")
    advice = advise("case", seen)
    assert isinstance(advice, Advice)
    assert advice.fit == Fit.TIGHT


def test_a_reference_that_does_not_run_in_float64_is_said_with_its_error(engine, package) -> None:
    narrow = REFERENCE.replace("x, axis", "x + __import__('tensorflow').constant(0.0, 'float32'), axis")
    broken = package.with_files({"reference.py": narrow.encode()})
    seen = natural(broken, engine, seeds.pool(broken)[0])["default"]
    assert isinstance(seen, str)
    assert "in float64 it ends with error" in seen
