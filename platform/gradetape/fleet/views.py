"""Health, for whoever starts and watches the installation."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from gradetape import broker
from gradetape.fleet.presence import live_workers, seconds_since_sweep

SWEEP_LATE_SECONDS = 30


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """503 when the database or Redis does not answer; `degraded` when nobody grades or nobody sweeps."""
    database, redis_answers = database_answers(), True
    workers, swept = 0, None
    try:
        broker.client().ping()
        workers, swept = len(live_workers()), seconds_since_sweep()
    except RedisError:
        redis_answers = False
    up = database and redis_answers
    whole = up and workers > 0 and swept is not None and swept < SWEEP_LATE_SECONDS
    facts = {
        "status": "ok" if whole else "degraded" if up else "down",
        "database": database,
        "redis": redis_answers,
        "workers": workers,
        "swept": swept,
    }
    return JsonResponse(facts, status=200 if up else 503)


def database_answers() -> bool:
    """Whether the database answers a question."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
