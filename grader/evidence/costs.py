"""What a call costs in processor time and memory, as ratios within one jail.

CPU time does not run while another process has the core, and the least of several rounds is the one that was
disturbed least; the two sides take turns, so a slow minute hits both. It is read by getrusage(2): under a limit of CPU
time, as in every jail, the kernel moves the clock of `time.process_time` only at its ticks.
"""

from __future__ import annotations

import gc
import resource
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOST_CALLS = 100_000


def cpu_ratio(
    first: Callable[[], Any], second: Callable[[], Any], rounds: int = 5, least_s: float = 0.03
) -> dict[str, float]:
    """The CPU time of `first` in relation to that of `second`: {"ratio", "first_s", "second_s"} (seconds of one call,
    over all threads).

    Both are called before, to be traced. A round makes as many calls as take `least_s` of CPU, and the least of the
    rounds counts. Keep a factor of 1.5 at the least between the bound and what right solutions reach.
    """
    calls = [_calls_for(function, least_s) for function in (first, second)]
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for side, function in enumerate((first, second)):
            best[side] = min(best[side], _cpu_of(function, calls[side]) / calls[side])
    return {"ratio": best[0] / best[1], "first_s": best[0], "second_s": best[1]}


def python_memory(function: Callable[[], Any]) -> dict[str, int]:
    """The bytes that Python and NumPy allocate in a call: {"peak": at the worst moment, "held": still there when it
    has returned (its result included, which is kept until then)}. Exact and repeatable; tensors are not in it.
    """
    gc.collect()
    running = tracemalloc.is_tracing()
    if not running:
        tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        result = function()
        peak = tracemalloc.get_traced_memory()[1]
        gc.collect()
        held = tracemalloc.get_traced_memory()[0]
        del result
    finally:
        if not running:
            tracemalloc.stop()
    return {"peak": peak - before, "held": held - before}


def resident_peak(function: Callable[[], Any]) -> int:
    """By how many bytes a call raises the memory of this process at the worst moment, tensors included.

    What an earlier call let go of is used again and does not show: call it on the small case first, and let the
    difference be tens of megabytes. Raises OSError where the kernel can't reset the mark.
    """
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the high-water mark falls to what is used now
    before = _status("VmRSS")
    function()
    return max(0, _status("VmHWM") - before)


def _calls_for(function: Callable[[], Any], least_s: float) -> int:
    function()
    calls = 1
    while calls < MOST_CALLS and _cpu_of(function, calls) < least_s:
        calls *= 2
    return calls


def _cpu_of(function: Callable[[], Any], calls: int) -> float:
    enabled = gc.isenabled()
    gc.disable()
    try:
        before = cpu_seconds()
        for _ in range(calls):
            function()
        return max(cpu_seconds() - before, 1e-6)
    finally:
        if enabled:
            gc.enable()


def cpu_seconds() -> float:
    """The CPU time of this process so far, over all its threads, to the microsecond."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _status(key: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    raise OSError(f"expected {key} in /proc/self/status, received none")
