"""The check stage: a jail with the author's checks, fed case by case while the solution still runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from grader.exceptions import JudgeError
from grader.jail.process import Allowance, Ended, JailedProcess, Place
from grader.manifest import Case
from grader.package import Package
from grader.protocol import ChecksLoaded, Compare, Compared, LoadChecks, Prepare, Prepared, Side

ANSWER_SECONDS = 30.0
A = TypeVar("A", ChecksLoaded, Prepared, Compared)
ALLOWANCE = Allowance(cpu_seconds=120, memory_mb=2048)


class CheckStage:
    """The checks of one package in a jail.

    Use it in one thread; a fault ends the jail, and the next question starts another.
    """

    def __init__(self, place: Place, package: Package, take: Callable[[Place], JailedProcess] = JailedProcess) -> None:
        self._place, self._package, self._take = place, package, take
        self._process: JailedProcess | None = None
        self.cpu_s = 0.0

    def open(self) -> None:
        """Start the jail and import the checks. Raises JudgeError."""
        if self._process:
            return
        self._process = self._take(self._place)
        try:
            self._process.engage(ALLOWANCE)
        except Ended as ended:
            self.close()
            raise JudgeError(f"the check jail of {self._package.slug} ended: {ended.text}") from ended
        loaded = self._ask(
            LoadChecks(
                checks=self._package.files.get("checks.py", b""), secret_files=self._package.folder("data/secret/")
            ),
            ChecksLoaded,
        )
        unknown = set(loaded.cases) - {case.id for case in self._package.cases}
        trouble = loaded.trouble or (f"checks for unknown cases: {', '.join(sorted(unknown))}" if unknown else None)
        if trouble:
            self.close()
            raise JudgeError(f"checks.py of {self._package.slug}: {trouble}")

    def prepare(self, seed: int) -> Prepared:
        """The data that the checks make for a seed. Raises JudgeError."""
        self.open()
        prepared = self._ask(Prepare(seed=seed), Prepared)
        if prepared.trouble:
            raise JudgeError(f"prepare of {self._package.slug}: {prepared.trouble}")
        return prepared

    def compare(self, case: Case, got: Side, want: Side, secret: bytes) -> Compared:
        """Decide one case. Raises JudgeError when the check itself fails."""
        self.open()
        compared = self._ask(
            Compare(case=case.id, got=got, want=want, secret=secret, rtol=case.rtol, atol=case.atol), Compared
        )
        if compared.trouble or compared.case != case.id:
            raise JudgeError(
                f"the check of {self._package.slug}/{case.id}: {compared.trouble or 'answered for another case'}"
            )
        return compared

    def _ask(self, question: LoadChecks | Prepare | Compare, kind: type[A]) -> A:
        assert self._process
        try:
            self._process.send(question)
            answer = self._process.receive(ANSWER_SECONDS)
        except Ended as ended:
            self.close()
            raise JudgeError(f"the check jail of {self._package.slug} ended: {ended.text}") from ended
        if not isinstance(answer, kind):
            self.close()
            raise JudgeError(f"the check jail of {self._package.slug} gave an answer to another question")
        return answer

    def close(self) -> None:
        """End the jail, if there is one, and count its CPU time."""
        if self._process:
            self._process.close()
            self.cpu_s += self._process.cpu_s
            self._process = None
