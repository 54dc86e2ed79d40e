"""What a candidate is told of a case that gave no observations.

Whatever comes out of the candidate's process may have been written by the candidate's code, hidden inputs included.
So for hidden cases nothing of it is repeated: exceptions by name from a closed list, a line number, and sentences of
our own.
"""

from __future__ import annotations

import builtins

from grader.artifacts import MAX_BYTES, MAX_FILES, REPLAY
from grader.manifest import Case, Contract
from grader.model import Outcome
from grader.protocol import Trouble

_ENDS = {
    Outcome.TIME_LIMIT: "It ran out of time.",
    Outcome.MEMORY_LIMIT: "It needed more memory than allowed.",
    Outcome.CRASHED: "The process ended before the case was done.",
    Outcome.NOT_RUN: "It was not run: the time for the whole submission was used up.",
}
_IN_KIND = {
    "Answer": "The answer is not made of tensors, arrays and plain data.",
    "Artifact": f"What is handed over is refused: expected up to {MAX_FILES} files of {MAX_BYTES >> 20} MiB in all.",
    REPLAY: "What was handed over could not be used afterwards, in a process without your code.",
}
_WORDED = ("Contract", *_IN_KIND)
_TENSORFLOW_ERRORS = {
    *(
        "AbortedError",
        "AlreadyExistsError",
        "CancelledError",
        "DataLossError",
        "DeadlineExceededError",
        "FailedPreconditionError",
    ),
    *(
        "InternalError",
        "InvalidArgumentError",
        "NotFoundError",
        "OutOfRangeError",
        "PermissionDeniedError",
        "ResourceExhaustedError",
    ),
    *(
        "UnauthenticatedError",
        "UnavailableError",
        "UnimplementedError",
        "UnknownError",
        "OperatorNotAllowedInGraphError",
    ),
}
KNOWN = _TENSORFLOW_ERRORS | {
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
}


def told(case: Case, outcome: Outcome, trouble: Trouble | None, contract: list[Contract]) -> str:
    """One or two sentences on how the case ended."""
    if outcome in _ENDS:
        return " ".join([_ENDS[outcome], *([trouble.text] if trouble and case.sample else [])])
    if trouble is None:
        return "It did not end in an answer."
    return _in_full(trouble) if case.sample else _in_kind(trouble, contract)


def line_of(trouble: Trouble | None, lines: int) -> int | None:
    """The line in the candidate's file, if it is one."""
    return trouble.line if trouble and trouble.line and 1 <= trouble.line <= lines else None


def contract_text(contract: list[Contract]) -> str:
    """The names that a file has to define, as one line."""
    return "; ".join(f"{entry.kind} {entry.name}{entry.signature}" for entry in contract)


def _in_full(trouble: Trouble) -> str:
    return trouble.text if trouble.kind in _WORDED else f"{trouble.kind}: {trouble.text}"


def _in_kind(trouble: Trouble, contract: list[Contract]) -> str:
    if trouble.kind == "Contract":
        return f"A name is missing in your file or has another shape than the contract: {contract_text(contract)}."
    if trouble.kind in _IN_KIND:
        return _IN_KIND[trouble.kind]
    return f"Your code raised {trouble.kind if trouble.kind in KNOWN else 'an exception'}."
