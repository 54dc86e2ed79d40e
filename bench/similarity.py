"""What comparing all submissions for one challenge costs, against parsing each of them once.

`python -m bench.similarity [PEOPLE]` prints a line of JSON for each kind of submission: so many people, bytes of each,
how many of the lines somebody has in common with the others, the pairs found, CPU seconds (which a busy machine does
not change), and those as a multiple of what Python's own parser takes for the same texts.
"""

from __future__ import annotations

import ast
import json
import random
import sys
import time
from pathlib import Path

from gradetape.comparing.similarity import grams_of, pairs_among, read

ROOT = Path(__file__).resolve().parent.parent
FUNCTION = (
    "def step_{n}(model, value):\n    kept_{n} = model.layers[{a}](value, training={b})\n    return kept_{n} * {c}\n\n"
)
KINDS = ((3_000, 0.1), (3_000, 0.9), (64 * 1024, 0.1))


def texts_of(people: int, size: int, common: float) -> list[str]:
    """Sources of about this size; `common` of their functions are taken from one pool."""
    drawn = random.Random(1)  # noqa: S311 - the same each time
    pool = [FUNCTION.format(n=n, a=drawn.random(), b=drawn.random(), c=drawn.random()) for n in range(40)]

    def function(n: int) -> str:
        if drawn.random() < common:
            return drawn.choice(pool)
        return FUNCTION.format(n=n, a=drawn.random(), b=drawn.random(), c=drawn.random())

    return ["".join(function(n) for n in range(size // len(pool[0]))) for _ in range(people)]


def cpu_of(do: object, *arguments: object) -> tuple[float, object]:
    began = time.process_time()
    answer = do(*arguments)  # type: ignore[operator]
    return time.process_time() - began, answer


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    given = grams_of([(ROOT / "challenges/custom-layer/starter.py").read_text(encoding="utf-8")])
    for size, common in KINDS:
        sources = texts_of(people, size, common)
        parsing, _ = cpu_of(lambda: [ast.parse(source) for source in sources])  # noqa: B023 - called at once
        comparing, pairs = cpu_of(lambda: pairs_among({str(n): read(text, given) for n, text in enumerate(sources)}))  # noqa: B023
        print(
            json.dumps(
                {
                    "people": people, "bytes": size, "common": common, "pairs": len(pairs),  # type: ignore[arg-type]
                    "cpu_s": round(comparing, 2), "against_parsing": round(comparing / parsing, 1),
                }
            ),
            flush=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
