"""Wanted answers are made ahead, one at a time, and only while nobody waits."""

import socket

import pytest
from fake_engine import FakeEngine

from grader.exceptions import JudgeError
from gradetape import broker
from gradetape.catalog.actions import publish
from gradetape.submissions import engines, warming

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_worker(tmp_path, monkeypatch):
    monkeypatch.setattr(engines.Holder, "engine", FakeEngine(tmp_path, tmp_path))
    monkeypatch.setattr(warming, "_known", set())
    return tmp_path


def test_each_call_makes_one_until_all_are_made(version, fresh_worker):
    for made in range(1, 17):
        assert warming.make_one_ahead()
        assert len(list(fresh_worker.iterdir())) == made
    assert not warming.make_one_ahead()


def test_nothing_is_made_while_somebody_waits(send, ana, fresh_worker):
    send(ana)
    assert not warming.make_one_ahead()
    assert not list(fresh_worker.iterdir())


def test_one_slot_of_a_machine_makes_them(version, fresh_worker):
    broker.client().set(f"gradetape:warming:{socket.gethostname()}", "1")
    assert not warming.make_one_ahead()


def test_every_version_gets_its_first_seed_before_any_gets_its_second(version, tiny):
    other = publish(package=tiny("tripling")).version
    assert {digest for digest, _ in warming.live_seeds()[:2]} == {version.digest, other.digest}


def test_what_can_not_be_made_is_not_tried_forever(version, monkeypatch):
    def fail(*_):
        raise JudgeError

    monkeypatch.setattr(FakeEngine, "prepare", fail)
    assert [warming.make_one_ahead() for _ in range(17)] == [True] * 16 + [False]
