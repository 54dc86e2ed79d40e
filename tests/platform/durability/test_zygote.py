"""The real engine, whose zygote is killed again and again while it grades."""

import os
import signal
import time

import psutil
import pytest
from django.conf import settings
from invariants import await_all, finished, running
from support import MANIFEST, Process, wait_until

from grader.host import EngineHost
from gradetape.catalog.actions import publish
from gradetape.submissions.models import Attempt, Ending

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(290)]
CROWD = 50
PROBES = """
from grader.probing import probe


@probe("two")
def two(solution, rng):
    return solution.double(2)


@probe("three")
def three(solution, rng):
    return solution.double(3)


@probe("nothing")
def nothing(solution, rng):
    return solution.double(0)
"""
SOLUTION = "def double(x):\n    return 2 * x\n"
