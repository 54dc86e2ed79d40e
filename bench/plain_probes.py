"""The probes of a challenge in an ordinary Python process: what grading is measured against.

`python bench/plain_probes.py SLUG SEED cold|warm` prints one line of JSON: CPU and wall seconds of the probes. In
`warm` mode everything that a zygote imports has been imported, and TensorFlow has run an op, before the clock starts;
in `cold` mode the clock starts with the process.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
import zlib
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent


def cpu() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def run_probes(slug: str, seed: int) -> None:
    """Import TensorFlow, the reference and the probes, and call each probe once, as the runner does."""
    np, tf = importlib.import_module("numpy"), importlib.import_module("tensorflow")
    registry = importlib.import_module("grader.probing").registry

    modules = {}
    for name, path in (
        ("solution", ROOT / f"reference/{slug.replace('-', '_')}.py"),
        ("probes", ROOT / f"challenges/{slug}/probes.py"),
    ):
        module = ModuleType(name)
        module.__file__ = str(path)
        sys.modules[name] = modules[name] = module
        exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)  # noqa: S102 - files of this repository
    for name, probe in registry.probes.items():
        number = zlib.crc32(name.encode())
        tf.keras.backend.clear_session()
        tf.keras.utils.set_random_seed((seed ^ number) & 0x7FFFFFFF)
        probe(modules["solution"], np.random.default_rng([seed, number]))


def main() -> None:
    slug, seed, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    sys.path.insert(0, str(ROOT))
    began_cpu, began = 0.0, time.monotonic() - (time.clock_gettime(time.CLOCK_BOOTTIME) - _start_of_process())
    if mode == "warm":
        importlib.import_module("grader.zygote.preload").preload("keras3")  # and as lean on garbage collection
        tf = importlib.import_module("tensorflow")
        tf.constant(1.0) + 1.0
        began_cpu, began = cpu(), time.monotonic()
    run_probes(slug, seed)
    print(json.dumps({"cpu_s": cpu() - began_cpu, "wall_s": time.monotonic() - began}), flush=True)
    os._exit(0)  # leaving in order takes TensorFlow a moment that belongs to nobody


def _start_of_process() -> float:
    """Seconds after boot at which this process started, out of proc_pid_stat(5)."""
    fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
