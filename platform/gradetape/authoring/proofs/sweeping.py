"""The sweep: a proof whose worker died goes on, and one whose message was lost is rung for again."""

from django.db.models import F
from django.utils import timezone

from gradetape.authoring.models import Proof
from gradetape.authoring.proofs import turns
from gradetape.submissions import doorbell
from gradetape.submissions.sweeper import UNHEARD, patience

DIED = "The machine that worked on it stopped."


def sweep() -> tuple[int, int]:
    """Take back the turns of dead workers, ring again for what nobody came for. Returns how many of each."""
    expired = list(Proof.objects.expired().values_list("pk", "turn"))
    lost = sum(turns.lose(proof_id=proof_id, number=turn, fault=DIED) for proof_id, turn in expired)
    return lost, _ring_again()


def _ring_again() -> int:
    now = timezone.now()
    waiting = list(Proof.objects.open().filter(lease=None, rung_at__lt=now - UNHEARD).only("rung_at", "rings"))
    if not waiting or turns.people_wait():
        return 0
    length = doorbell.waiting(turns.QUEUE)
    rung = 0
    for proof in waiting:
        if length is None or (length > 0 and now - proof.rung_at < patience(proof.rings)):
            continue
        # Two sweeps at once ring one time.
        if Proof.objects.filter(pk=proof.pk, lease=None, rings=proof.rings).update(rung_at=now, rings=F("rings") + 1):
            turns.ring(proof.pk)
            rung += 1
    return rung
