"""A challenge full of secrets, a solution that tries to tell them, and every form in which they could turn up."""

import base64
import html
import json
import struct
import urllib.parse
from collections.abc import Iterable

from grader.package import Package

# What candidates must never read, by where it is planted.
WORDS = {
    "checks": "zq-check-5b81f3", "reference": "zq-reference-90ac2e", "probes": "zq-probe-c41d77",
    "review": "zq-review-1f6e08", "hint": "zq-hint-a93b52", "data": "zq-data-7d20c9", "sample": "zq-solution-e8514b",
    "note": "zq-note-36f7da",
}  # fmt: skip
NUMBERS = {
    "inputs": [367.40625, 129.65625, 583.71875],
    "wanted": [734.8125, 259.3125, 1167.4375],
    "labels": [9041733.0, 8127719.0, 7730921.0, 6419583.0, 5208449.0],
}
HIDDEN = ("numbers", "raising", "labelled", "kept")
SHAPES = {"numbers": 3, "raising": 4, "labelled": 5, "kept": 6}
CASES = "".join(
    f'[[cases]]\nid = "{case}"\npart = "all"\npoints = 20\ntitle = "{case.title()}"\n'
    f'hint = "{WORDS["hint"] if case == "kept" else "Look at it again."}"\n'
    for case in HIDDEN
)
MANIFEST = f"""
# {WORDS["note"]}
title = "Planted"
summary = "Double some numbers."
kind = "coding"
difficulty = "easy"
topics = ["numbers"]
runtime = "keras3"
minutes = 10
[limits]
cpu_seconds = 20
memory_mb = 512
[[contract]]
name = "double"
kind = "function"
signature = "(x)"
[[parts]]
id = "all"
title = "All"
[[cases]]
id = "shown"
part = "all"
points = 20
sample = true
title = "Shown"
hint = "Twice."
{CASES}"""
PROBES = f"""
import numpy as np
from grader.probing import probe, report

# {WORDS["probes"]}
@probe("shown")
def shown(solution, rng):
    return {{"value": solution.double(np.float32(1.5))}}

""" + "".join(
    f'@probe("{case}")\ndef {case}(solution, rng, inputs):\n    report(first=float(inputs[0]))\n'
    f'    return {{"value": solution.double(np.resize(inputs, {size}))}}\n\n'
    for case, size in SHAPES.items()
)
CHECKS = f"""
import numpy as np
from grader.checking import Prepared, agree, check, prepare

PLANTED = {WORDS["checks"]!r}

@prepare
def prepared(rng):
    return Prepared(
        solve={{"inputs": np.array({NUMBERS["inputs"]}, np.float32)}},
        secret={{"labels": np.array({NUMBERS["labels"]}, np.float32)}},
    )

@check("labelled")
def labelled(got, want, secret):
    agree(got["value"], secret["labels"])
"""
REFERENCE = f"import numpy as np\n# {WORDS['reference']}\ndef double(x):\n    return np.float32(2) * x\n"
# Inside a hidden case it says what it sees in every way that code has; two of the four it gets wrong, one it raises.
SOLUTION = """
import base64, logging, os, sys, warnings
import numpy as np

def double(x):
    x = np.asarray(x, np.float32)
    if x.size > 1:
        told = f"{x.tolist()} {x.tobytes().hex()} {base64.b64encode(x.tobytes()).decode()}"
        print(told, flush=True)
        print(told, file=sys.stderr, flush=True)
        os.write(1, told.encode()), os.write(2, told.encode())
        warnings.warn(told)
        logging.error(told)
    if x.size == 4:
        raise type("E" + x.tobytes().hex(), (ValueError,), {})(told)
    if x.size == 3:
        return np.float32(2) * x + 1
    return x if x.size == 5 else np.float32(2) * x
"""


def planted() -> Package:
    files = {
        "challenge.toml": MANIFEST, "statement.md": "# Planted\n\nDouble it.\n",
        "starter.py": "def double(x):\n    ...\n",
        "probes.py": PROBES, "checks.py": CHECKS, "reference.py": REFERENCE, "review.md": WORDS["review"],
        "data/secret/labels.txt": WORDS["data"], "submissions/accepted/one.py": f"# style: {WORDS['sample']}\n",
    }  # fmt: skip
    return Package("planted", {name: text.encode() for name, text in files.items()})


def forms() -> dict[bytes, str]:
    """Each form of each secret, in lower case, with the name of the secret."""
    found: dict[bytes, str] = {}
    for name, word in WORDS.items():
        found |= dict.fromkeys(written(word), name)
    for name, numbers in NUMBERS.items():
        found |= dict.fromkeys(counted(numbers), name)
    return {form.lower(): name for form, name in found.items()}


def written(word: str) -> Iterable[bytes]:
    """A text: itself, as addresses and pages and JSON write it, and as bytes in hex and base 64."""
    content = word.encode()
    yield from (content, html.escape(word).encode(), json.dumps(word)[1:-1].encode(), content[::-1])
    yield urllib.parse.quote(word, safe="").encode()
    yield "".join(f"%{byte:02x}" for byte in content).encode()
    yield from packed(content)


def counted(numbers: list[float]) -> Iterable[bytes]:
    """Numbers: in decimals, long and short, and as the bytes of arrays of each float type."""
    for number in numbers:
        yield from (f"{number}".encode(), f"{number:.6g}".encode(), f"{number:e}".encode(), number.hex().encode())
        yield f"{number:.2f}".encode()
        # Of a number with a fraction the whole part alone may be anything.
        if number == int(number):
            yield from (f"{number:.0f}".encode(), f"{number:,.0f}".encode(), f"{number:_.0f}".encode())
    for kind in ("<f", ">f", "<d", ">d"):
        yield from packed(b"".join(struct.pack(kind, number) for number in numbers))


def packed(content: bytes) -> Iterable[bytes]:
    """Bytes in hex, and in base 64 wherever in a longer text they begin."""
    yield content.hex().encode()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + content)
        # The first and the last sign also carry bits of what stands beside.
        yield coded[4 if before else 0 : len(coded) - 4]


def secrets_in(answer: bytes) -> set[str]:
    """The names of the secrets that an answer gives away, in whatever form."""
    small = answer.lower()
    return {name for form, name in FORMS.items() if form in small}


FORMS = forms()
