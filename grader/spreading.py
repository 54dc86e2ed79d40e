"""Jobs spread over engines, one job an engine at a time."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Engine = TypeVar("Engine")
Job = TypeVar("Job")
Result = TypeVar("Result")


def spread(engines: Sequence[Engine], jobs: Sequence[Job], work: Callable[[Engine, Job], Result]) -> Iterator[Result]:
    """What `work` makes of each job, in the jobs' order. Raises what `work` raises."""
    idle: queue.SimpleQueue[Engine] = queue.SimpleQueue()
    for engine in engines:
        idle.put(engine)

    def do(job: Job) -> Result:
        engine = idle.get()
        try:
            return work(engine, job)
        finally:
            idle.put(engine)

    with ThreadPoolExecutor(len(engines)) as threads:
        yield from threads.map(do, jobs)
