"""What the room tells of its candidate's typing: batches for the timeline."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from gradetape.accounts.http import SignedInRequest
from gradetape.answers import refusal
from gradetape.interviews.actions.sit import taking
from gradetape.interviews.exceptions import TimeIsUp
from gradetape.interviews.views.seat import seat_of, task_of
from gradetape.timeline import recording
from gradetape.timeline.batches import batch_of
from gradetape.timeline.exceptions import BadBatch, BatchTooLarge, Gap, RecordingFull


@require_POST
def timeline(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take a batch of entries, once: 200 with the sequence number that its page tells `next`."""
    seat = seat_of(request.user, pk)
    try:
        batch = batch_of(request)
        task = task_of(seat, batch.task)
        with taking(sitting=seat):
            expected = recording.take(sitting=seat, task=task, batch=batch, size=len(request.body))
    except BadBatch as error:
        return refusal(400, error.code, str(error))
    except Gap as error:
        return refusal(409, error.code, str(error), next=error.next)
    except TimeIsUp as error:
        return refusal(410, error.code, str(error))
    except BatchTooLarge as error:
        return refusal(413, error.code, str(error))
    except RecordingFull as error:
        recording.note_cut(sitting=seat)
        return refusal(413, error.code, str(error))
    return JsonResponse({"next": expected})
