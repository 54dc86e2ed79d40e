"""What one package still misses before it may go live."""

from dataclasses import dataclass
from functools import lru_cache

from grader.libraries import engine_digest
from grader.linting.inspection import problems_of
from grader.linting.problem import Problem, Severity
from grader.package import Package
from gradetape.authoring.models import Project, Proof, ProofKind, Release
from gradetape.authoring.proofs.starting import kept_proof
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.regrading import shadow
from gradetape.regrading.models import Regrade

NO_PROOF = "It is not proved in full yet, on the engine that grades here now."
UNSOUND = "The full proof says that it is not sound."
UNSEEN = "Nobody has seen yet what would change."
PROBLEMS = "Reading the files finds errors in them."


@dataclass(frozen=True)
class Ready:
    """A package beside what is live now.

    `proof` is the newest full one of this very package, under way or over; `is_proved`: that a sound one was found
    on this engine, also where the proof itself is forgotten by now. `shadow` is what would change, against `live`.
    """

    package: Package
    problems: list[Problem]
    proof: Proof | None
    is_proved: bool
    challenge: Challenge | None
    live: ChallengeVersion | None
    older: ChallengeVersion | None
    shadow: Regrade | None

    @property
    def is_first(self) -> bool:
        """Nothing was ever published under this name."""
        return self.challenge is None

    @property
    def is_live(self) -> bool:
        return self.live is not None and self.live.digest == self.package.digest

    @property
    def is_seen(self) -> bool:
        """Whether somebody could look at what would change for what was sent already."""
        return self.is_first or (self.shadow is not None and self.shadow.state == "finished")

    @property
    def is_busy(self) -> bool:
        """Whether something is under way that a page waits for."""
        return any(one is not None and one.is_open for one in (self.proof, self.shadow))

    @property
    def missing(self) -> list[str]:
        """What keeps it from going live; nothing where it may."""
        proof = "" if self.is_proved else UNSOUND if self.proof and self.proof.sound is False else NO_PROOF
        found = [PROBLEMS if self.problems else "", proof, "" if self.is_seen else UNSEEN]
        return [words for words in found if words]


def of_project(project: Project, package: Package) -> Ready:
    """How ready the package is that a project's files make now."""
    proof = _proof(project, package)
    return _ready(package, proof=proof, is_proved=_holds(proof))


def of_release(release: Release) -> Ready:
    """How ready a proposal is: what it was proved on has to be what grades here now, or it is proved anew."""
    package = release.package
    proof = _proof(release.project, package)
    return _ready(package, proof=proof, is_proved=release.engine == engine_digest() or _holds(proof))


def of_version(package: Package) -> Ready:
    """How ready a version is to go live again: it went through all this once."""
    return _ready(package, proof=None, is_proved=True, problems=[])


def _proof(project: Project, package: Package) -> Proof | None:
    """The full proof to go by: the one that holds, else the newest that was begun."""
    kept = kept_proof(project, package, ProofKind.FULL)
    if kept is not None:
        return kept
    return project.proofs.filter(digest=package.digest, kind=ProofKind.FULL).listed().first()


def _holds(proof: Proof | None) -> bool:
    return proof is not None and proof.sound is True and proof.engine == engine_digest()


def _ready(package: Package, *, proof: Proof | None, is_proved: bool, problems: list[Problem] | None = None) -> Ready:
    challenge = Challenge.objects.filter(slug=package.slug).select_related("live").first()
    older = ChallengeVersion.objects.filter(digest=package.digest).first()
    return Ready(
        package,
        _errors(package) if problems is None else problems,
        proof,
        is_proved,
        challenge,
        challenge.live if challenge else None,
        older,
        shadow.kept(challenge, package) if challenge else None,
    )


def _errors(package: Package) -> list[Problem]:
    return list(_errors_in(tuple(package.files.items())))


@lru_cache(maxsize=16)
def _errors_in(files: tuple[tuple[str, bytes], ...]) -> tuple[Problem, ...]:
    """Kept, since a page that waits for a proof asks every other second."""
    return tuple(problem for problem in problems_of(dict(files)) if problem.severity is Severity.ERROR)
