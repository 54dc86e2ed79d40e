"""challenge.toml: what a challenge says of itself, read without running any of its code.

The closed msgspec structs below are the format's reference; a key that is not here is an error, so a typo is found at
once.
"""

from __future__ import annotations

import tomllib
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from grader.exceptions import PackageError

Id = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]
Line = Annotated[str, Meta(min_length=1, max_length=300)]
Positive = Annotated[float, Meta(gt=0)]
FULL_SCORE = 100


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of cases that the candidate sees as one step."""

    id: Id
    title: Line


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that is tried.

    `seconds` limits the CPU time of its probe (and of its replay), `watch` counts forbidden calls, `replay` says that
    what the probe hands over is looked at again in a jail without the candidate's code.
    """

    id: Id
    part: Id
    points: Annotated[float, Meta(gt=0, le=FULL_SCORE)]
    title: Line
    hint: Line
    sample: bool = False
    probe: Id = ""
    watch: bool = True
    fresh: bool = False
    replay: bool = False
    seconds: Positive | None = None
    rtol: Annotated[float, Meta(ge=0)] | None = None
    atol: Annotated[float, Meta(ge=0)] | None = None

    @property
    def probe_name(self) -> str:
        """The probe whose observations decide this case."""
        return self.probe or self.id


class Contract(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name that the candidate's file has to define."""

    name: Line
    kind: Literal["class", "function", "object"]
    signature: str = ""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one submission may use:

    CPU seconds and MiB of memory in all, wall seconds a case and for importing the file.
    """

    cpu_seconds: Positive = 60
    memory_mb: Annotated[int, Meta(ge=256, le=65536)] = 2048
    case_seconds: Positive = 20


class Forbidden(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Functions, as dotted paths, that a solution may not call."""

    calls: list[Line] = []


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole of challenge.toml."""

    title: Line
    summary: Line
    kind: Literal["coding", "scenario"]
    difficulty: Literal["easy", "medium", "hard"]
    topics: Annotated[list[Line], Meta(min_length=1, max_length=12)]
    runtime: Literal["keras3", "keras2"]
    minutes: Annotated[int, Meta(ge=5, le=240)]
    parts: Annotated[list[Part], Meta(min_length=1)]
    cases: Annotated[list[Case], Meta(min_length=1)]
    contract: Annotated[list[Contract], Meta(min_length=1)]
    source: str = ""
    limits: Limits = Limits()
    forbidden: Forbidden = Forbidden()


def parse(text: str) -> Manifest:
    """The manifest in `text`. Raises PackageError, which names the key, for anything that does not fit."""
    try:
        manifest = msgspec.convert(tomllib.loads(text), Manifest)
    except tomllib.TOMLDecodeError as error:
        raise PackageError(f"challenge.toml: expected TOML, received something else: {error}") from error
    except msgspec.ValidationError as error:
        raise PackageError(f"challenge.toml: {error}") from error
    for _, problem in contradictions(manifest):
        raise PackageError(f"challenge.toml: {problem}")
    return manifest


def contradictions(manifest: Manifest) -> list[tuple[tuple[str | int, ...], str]]:
    """What the types cannot say, each with where it stands, such as ("cases", 2, "part"): ids are unique, parts exist
    and are used, points add up to 100, something is a sample.
    """
    return [*_of_ids(manifest), *_of_parts(manifest), *_of_cases(manifest)]


def _of_ids(manifest: Manifest) -> list[tuple[tuple[str | int, ...], str]]:
    found: list[tuple[tuple[str | int, ...], str]] = []
    for what, rows in (("part", manifest.parts), ("case", manifest.cases)):
        ids = [row.id for row in rows]
        found += [
            ((f"{what}s", index, "id"), f"expected each {what} once, received {one!r} twice")
            for index, one in enumerate(ids)
            if one in ids[:index]
        ]
    return found


def _of_parts(manifest: Manifest) -> list[tuple[tuple[str | int, ...], str]]:
    parts = {part.id for part in manifest.parts}
    used = {case.part for case in manifest.cases}
    return [
        (("cases", index, "part"), f"case {case.id!r}: expected a part out of {sorted(parts)}, received {case.part!r}")
        for index, case in enumerate(manifest.cases)
        if case.part not in parts
    ] + [
        (("parts", index), f"part {part.id!r}: expected at least one case, received none")
        for index, part in enumerate(manifest.parts)
        if part.id not in used
    ]


def _of_cases(manifest: Manifest) -> list[tuple[tuple[str | int, ...], str]]:
    replayed = {case.probe_name for case in manifest.cases if case.replay}
    found: list[tuple[tuple[str | int, ...], str]] = [
        (
            ("cases", index),
            f"case {case.id!r}: expected replay = true like the other cases of {case.probe_name!r}, received false",
        )
        for index, case in enumerate(manifest.cases)
        if case.probe_name in replayed and not case.replay
    ]
    total = sum(case.points for case in manifest.cases)
    if abs(total - FULL_SCORE) > 1e-9:
        last = len(manifest.cases) - 1
        found.append((("cases", last, "points"), f"expected points that add up to {FULL_SCORE}, received {total:g}"))
    if not any(case.sample for case in manifest.cases):
        found.append((("cases", 0), "expected at least one case with sample = true, received none"))
    return found
