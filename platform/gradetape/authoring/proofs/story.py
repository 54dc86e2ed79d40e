"""What viewers of a proof are told, under ids TURN-NUMBER that hold in Redis and on the wire.

A turn ends with the row that it was about; what was told up to the last such end can be read out of the database, so
nothing is kept besides the trials themselves.
"""

from typing import Any
from uuid import UUID

from gradetape.authoring.models import Proof
from gradetape.authoring.proofs.matrix import Matrix
from gradetape.submissions.story import (
    BEGINNING,
    CLOSING_NUMBER,
    RESTARTED_NUMBER,
    Event,
    EventId,
    Snapshot,
    append,
    merged,
    streamed,
)

STARTED, CELL, BOARD = "started", "cell", "board"


def key_of(proof_id: UUID) -> str:
    """The Redis Stream of a proof."""
    return f"gradetape:proof:{proof_id}"


def end_of(turn: int) -> EventId:
    """The id under which a turn's end is told, by its worker or by whoever found that worker dead."""
    return EventId(turn, RESTARTED_NUMBER) if turn else BEGINNING


def matrix_of(proof: Proof) -> Matrix:
    """The matrix as the database has it."""
    return Matrix(proof.package.cases, proof.trials.defer("source"))


def look(proof_id: UUID, after: EventId = BEGINNING) -> Snapshot | None:
    """The proof now, and what was told after an event; None when it is gone.

    Whoever has not heard the end of the last turn gets the whole matrix in its place.
    """
    proof = Proof.objects.filter(pk=proof_id).first()
    if proof is None:
        return None
    events = []
    last = _last(proof)
    if after < last:
        events = [Event.of(last, BOARD, matrix_of(proof).public())]
    if proof.is_open:
        events = merged(events, streamed(key_of(proof_id), max(after, last)))
    return Snapshot(proof.state, None, None, None, events)


def position_of(proof: Proof) -> str:
    """The event up to which a page that is made from the database knows everything."""
    return str(_last(proof))


def _last(proof: Proof) -> EventId:
    """The end of the last turn that is over."""
    return end_of(proof.turn if proof.lease is None else proof.turn - 1)


def tell_turn(proof_id: UUID, turn: int, row: str | None) -> None:
    """Tell that a turn is over, and what its row has become; all rows where it was about none."""
    matrix = matrix_of(Proof.objects.get(pk=proof_id))
    append(key_of(proof_id), Event.of(end_of(turn), BOARD, matrix.public(row)))


def tell_end(proof: Proof) -> None:
    """Tell that there is nothing more to come."""
    assert not proof.is_open
    closing = "cancelled" if proof.state == "cancelled" else "finished"
    append(key_of(proof.pk), Event.of(EventId(proof.turn, CLOSING_NUMBER), closing, {"state": proof.state}))


class Teller:
    """Tells what happens within one turn."""

    def __init__(self, proof: Proof) -> None:
        self._key, self._turn, self._number = key_of(proof.pk), proof.turn, 0

    def tell(self, type: str, data: dict[str, Any]) -> None:  # noqa: A002  # the wire's own word
        self._number += 1
        append(self._key, Event.of(EventId(self._turn, self._number), type, data))
