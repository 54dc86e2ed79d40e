"""Starting a proof, and stopping one."""

from functools import partial

from django.db import IntegrityError, transaction

from grader.libraries import engine_digest
from grader.package import Package
from grader.validation.plan import trials
from gradetape.accounts.models import User
from gradetape.audit import log
from gradetape.authoring.exceptions import AuthoringError
from gradetape.authoring.files import package_of
from gradetape.authoring.models import Project, Proof, ProofKind, ProofTrial
from gradetape.authoring.models.proof import planned_rows
from gradetape.authoring.proofs import mutating
from gradetape.authoring.proofs.turns import PROOFS
from gradetape.turntaking.models import Stage

KEPT = 20


class NotToBeProved(AuthoringError):
    """The package can't be tried as it is."""

    code = "not_ready"


class AlreadyProving(AuthoringError):
    """A proof of this project is under way. Wait for its end, or cancel it."""

    code = "under_way"


def start(*, project: Project, kind: ProofKind, by: User, again: bool = False) -> Proof:
    """Begin a proof of the project as it is now; the kept one where nothing has changed since (unless `again`).

    Raises PackageError where the files make no package, NotToBeProved, AlreadyProving.
    """
    package = package_of(project)
    kept = None if again else kept_proof(project, package, kind)
    if kept is not None:
        return kept
    try:
        plan = trials(package, quick=kind == ProofKind.QUICK)
    except ValueError as error:
        raise NotToBeProved(str(error)) from error
    try:
        with transaction.atomic():
            proof = Proof.objects.create(
                project=project, started_by=by, kind=kind, digest=package.digest, engine=engine_digest(),
                archive=package.archive(),
            )  # fmt: skip
            rows = planned_rows(proof, plan)
            rows += [] if proof.is_quick else mutating.planned_rows(proof, package, first=len(rows), seed=plan[0].seed)
            ProofTrial.objects.bulk_create(rows, batch_size=500)
            log.record(actor=by, action="proof_started", scope=project.scope, about=f"proof:{proof.pk}", kind=str(kind))
            transaction.on_commit(partial(PROOFS.ring, proof.pk))
    except IntegrityError as error:
        raise AlreadyProving from error
    _forget(project)
    return proof


def kept_proof(project: Project, package: Package, kind: ProofKind) -> Proof | None:
    """The proof that says it already: of the same package on the same engine, with nothing broken on our side."""
    kinds = [kind, ProofKind.FULL]
    same = project.proofs.filter(digest=package.digest, engine=engine_digest(), kind__in=kinds)
    finished = same.filter(state=Stage.FINISHED).listed().order_by("kind", "-created_at")
    for proof in finished:
        if not proof.trials.filter(tried__verdict="judge_error").exists():
            return proof
    return None


def cancel(*, proof: Proof, by: User) -> bool:
    """Stop a proof; what was tried stays. False when it is over already."""
    with transaction.atomic():
        if not PROOFS.stop(job_id=proof.pk):
            return False
        scope = proof.project.scope
        log.record(actor=by, action="proof_cancelled", scope=scope, about=f"proof:{proof.pk}")
    return True


def _forget(project: Project) -> None:
    """Let go of the oldest proofs, whose packages take room."""
    newest = list(project.proofs.values_list("pk", flat=True)[:KEPT])
    project.proofs.exclude(pk__in=newest).delete()
