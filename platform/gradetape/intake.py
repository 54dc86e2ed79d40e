"""A bound on request bodies, kept before Django reads one: it would spool any size to the disk first."""

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
REFUSAL = json.dumps({"error": "too_large", "message": "That is more than this site takes in one request."}).encode()


class BodyTooLarge(Exception):
    """The body went over the limit while it was being read."""


def limited(application: Application) -> Application:
    """The application, answering 413 to bodies of more bytes than the address takes, announced or not."""

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        limit = _limit_at(scope["path"])
        if _announced(scope) > limit:
            await _refuse(send)
            return
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await application(scope, _counted(receive, limit), watched_send)
        except BodyTooLarge:
            if not started:
                await _refuse(send)

    return guarded


def _limit_at(path: str) -> int:
    """BODY_LIMIT, and more where archives are taken."""
    return settings.UPLOAD_LIMIT if re.fullmatch(settings.UPLOAD_PATHS, path) else settings.BODY_LIMIT


def _announced(scope: Message) -> int:
    """The Content-Length, or 0 where there is none; uvicorn has already refused a malformed one."""
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0


def _counted(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise BodyTooLarge
        return message

    return counting


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": REFUSAL})
