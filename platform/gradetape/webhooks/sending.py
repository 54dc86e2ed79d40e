"""Sending one message: one connection to an address that was judged, one request, one status.

No redirect is followed, no proxy of the environment is used, and of the answer no more is read than what ends the
exchange politely.
"""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException
from urllib.parse import SplitResult

from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from gradetape.webhooks.addresses import PORTS, looked_up, parsed
from gradetape.webhooks.exceptions import NotSent

CONNECT_SECONDS = 5.0
ANSWER_BYTES = 16 * 1024
# Of several addresses of a host, so many are tried.
MOST_ADDRESSES = 3


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer. Raises NotSent, saying what kept the message from arriving or its answer away.

    An exchange takes WEBHOOK_SECONDS at most, however slowly the other side talks.
    """
    parts, host, port = parsed(url)
    addresses = looked_up(host, port)[:MOST_ADDRESSES]
    for number, address in enumerate(addresses, start=1):
        connection = _connection(parts.scheme, host, address, port)
        with cut_off(connection) as deadline:
            try:
                return _exchanged(connection, parts, body, headers, deadline)
            except (ConnectTimeoutError, NewConnectionError):
                if number < len(addresses) and not deadline.is_set():
                    continue
                raise NotSent("no connection could be made") from None
            except (HTTPError, HTTPException, OSError, ValueError) as error:
                if deadline.is_set():
                    raise NotSent(f"no whole answer within {settings.WEBHOOK_SECONDS:g} seconds") from None
                raise NotSent(_reason(error)) from None
    raise NotSent


def _connection(scheme: str, host: str, address: str, port: int) -> HTTPConnection:
    """To the address itself; the certificate has to be the host's."""
    timeout = min(CONNECT_SECONDS, settings.WEBHOOK_SECONDS)
    if scheme == "http":
        return HTTPConnection(address, port, timeout=timeout)
    context = ssl.create_default_context()
    return HTTPSConnection(address, port, timeout=timeout, ssl_context=context, server_hostname=host)


def _exchanged(
    connection: HTTPConnection,
    parts: SplitResult,
    body: bytes,
    headers: Mapping[str, str],
    deadline: threading.Event,
) -> int:
    connection.connect()
    connection.timeout = settings.WEBHOOK_SECONDS
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    own = {"Host": _host(parts), "Content-Length": str(len(body)), "Accept-Encoding": "identity"}
    connection.request("POST", target, body=body, headers={**headers, **own}, preload_content=False)
    response = connection.getresponse()
    if deadline.is_set():
        # What was cut off in the middle of its headers looks like a whole answer.
        raise TimeoutError
    # The status is the answer. What follows is read so far that a small one has been sent in peace.
    with suppress(HTTPError, HTTPException, OSError):
        response.read(ANSWER_BYTES, decode_content=False)
    return int(response.status)


def _host(parts: SplitResult) -> str:
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return host if parts.port in {None, PORTS[parts.scheme]} else f"{host}:{parts.port}"


@contextmanager
def cut_off(connection: HTTPConnection) -> Iterator[threading.Event]:
    """Ends the exchange inside when its time is over, which the event then says: timeouts of a socket start anew
    with every byte.
    """
    is_over = threading.Event()

    def cut() -> None:
        is_over.set()
        if connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(settings.WEBHOOK_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()
        connection.close()


def _reason(error: Exception) -> str:
    """What to tell of an error: its kind, and nothing that the other side wrote."""
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLError) or "SSL" in type(error).__name__:
        return "the certificate or the encryption of the host is not in order"
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return "no answer in time"
    return "the connection broke off, or what came was no answer"
