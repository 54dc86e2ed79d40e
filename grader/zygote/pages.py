"""Large pages for the zygote's memory, so that forking it is quick.

A fork copies one page table entry for each 4 KiB that the parent has written: some sixty thousand after importing
TensorFlow, which takes longer than everything else between a request and the first line of candidate code. Collapsed
into 2 MiB pages it is one entry each. See madvise(2), MADV_COLLAPSE (Linux 6.1); older kernels refuse it, and then
all is as before, only slower.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path

_HUGE = 2 << 20
_MADV_COLLAPSE = 25
_HEAP = "[heap]"
_libc = ctypes.CDLL(None)
_libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


def collapse() -> int:
    """Ask the kernel for large pages wherever this process has private memory of its own. Returns how many it gave."""
    return sum(_libc.madvise(start, _HUGE, _MADV_COLLAPSE) == 0 for start in list(_candidates()))


def _candidates() -> Iterator[int]:
    """The aligned starts of 2 MiB inside writable, private, anonymous mappings (proc_pid_maps(5))."""
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines():
        span, mode, _, _, _, *name = line.split(maxsplit=5)
        if mode != "rw-p" or (name and name[0].strip() != _HEAP):
            continue
        start, end = (int(address, 16) for address in span.split("-"))
        yield from range(-(-start // _HUGE) * _HUGE, end - _HUGE + 1, _HUGE)
