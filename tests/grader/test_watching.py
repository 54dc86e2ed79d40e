"""The watch counts calls through any name, changes nothing else, and notices when it is taken out."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest

from grader.probing import UNKNOWN_RUNS, python_runs
from grader.referee import not_allowed
from grader.watching import WATCH_REMOVED, CallWatch


class Base:
    def name(self) -> str:
        return "base"


class Child(Base):
    def name(self) -> str:
        return super().name() + " and child"

    def everything(self, a: int, /, b: int, *rest: int, c: int = 3, **extra: int) -> tuple[Any, ...]:
        return a, b, rest, c, extra


def test_a_call_is_counted_through_any_alias() -> None:
    alias = json.dumps
    with CallWatch({"dumps": json.dumps}) as watch:
        assert alias([1], indent=None) == "[1]"
    assert (watch.ran, watch.counts["dumps"]) == ({"dumps"}, 1)


def test_cells_defaults_and_every_kind_of_parameter_still_work() -> None:
    with CallWatch({"name": Child.name, "everything": Child.everything}) as watch:
        assert Child().name() == "base and child"
        assert Child().everything(1, 2, 4, 5, d=6) == (1, 2, (4, 5), 3, {"d": 6})
        assert Child().everything(1, b=2, c=7) == (1, 2, (), 7, {})
    assert watch.counts == {"name": 1, "everything": 2}


def test_the_signature_reads_the_same_and_all_is_as_before_afterwards() -> None:
    before, code = inspect.signature(Child.everything), Child.everything.__code__
    with CallWatch({"everything": Child.everything}):
        assert inspect.signature(Child.everything) == before
    assert Child.everything.__code__ is code


def test_nothing_is_counted_that_did_not_run() -> None:
    with CallWatch({"name": Base.name}) as watch:
        Child().everything(1, 2)
    assert watch.ran == set()


def test_taking_it_out_is_noticed() -> None:
    with CallWatch({"name": Base.name}) as watch:
        assert not watch.removed
        Base.name.__code__ = (lambda self: "mine").__code__
        assert watch.removed


def test_what_is_not_written_in_python_cannot_be_watched() -> None:
    with pytest.raises(TypeError, match="expected a function written in Python"):
        CallWatch({"len": len})


def test_taking_it_out_for_a_moment_is_noticed_too() -> None:
    with CallWatch({"name": Base.name}) as watch:
        watched = Base.name.__code__
        Base.name.__code__ = (lambda self: "mine").__code__
        Base.name.__code__ = watched
        assert watch.removed


def test_a_function_made_around_the_original_is_noticed() -> None:
    original = Base.name.__code__
    with CallWatch({"name": Base.name}) as watch:
        assert type(Base.name)(original, {})(Base()) == "base"
        assert watch.removed
    assert watch.ran == set()


def test_runs_that_were_hidden_are_too_many_for_any_bound() -> None:
    class Layer:
        def call(self) -> int:
            return 1

    layer = Layer()
    with python_runs(layer) as runs:
        Layer.call.__code__ = (lambda self: 2).__code__
        layer.call()
    assert runs.count == UNKNOWN_RUNS
    with python_runs(layer) as runs:
        layer.call()
    assert runs.count == 1


def test_whoever_takes_it_out_is_told_so_plainly() -> None:
    assert not_allowed(["json.dumps"]) == "Not allowed here, and it ran: json.dumps."
    assert not_allowed([WATCH_REMOVED]).startswith("Your code interfered with how forbidden calls are observed")
    assert not_allowed(["json.dumps", WATCH_REMOVED]).startswith("Not allowed here, and it ran: json.dumps. Your code")
