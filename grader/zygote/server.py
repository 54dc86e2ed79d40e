"""The zygote: accept, fork, reap.

Theory of operation. It imports TensorFlow once and then waits on a unix socket. For each connection it forks; the
child, still with one thread, reads what jail it belongs to, joins it, and forks once more, because a pid namespace
holds for children only. That grandchild becomes an ordinary process of the jail and runs the code of candidates or
authors; the child in between waits for it and reports how it ended. The zygote itself reads nothing and runs no op.
When its host goes away its standard input closes, and it ends.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import msgspec

from grader.inside import checker, replayer, runner
from grader.jail import join, seccomp
from grader.zygote.preload import NotForkable, assert_forkable, preload
from grader.zygote.request import GO, MAX_PACKET, SETTLING_FAILED, Exited, Forked, Request

if TYPE_CHECKING:
    import pyseccomp

_ROLES: dict[str, Callable[[socket.socket], None]] = {
    "probes": runner.main,
    "replays": replayer.main,
    "checks": checker.main,
}


def serve(*, runtime: str, path: str) -> None:
    """Answer on the unix socket `path` until standard input closes. Prints "ready" once connections are taken."""
    rules = seccomp.build()
    preload(runtime)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(path)
        Path(path).chmod(0o600)
        listener.listen(64)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            readable, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in readable:
                return
            connection, _ = listener.accept()
            with connection:
                _fork_for(connection, listener, rules)


def _fork_for(connection: socket.socket, listener: socket.socket, rules: pyseccomp.SyscallFilter) -> None:
    try:
        assert_forkable()
    except NotForkable as error:
        sys.exit(f"zygote: {error}")  # the host starts a fresh one
    if os.fork() == 0:
        listener.close()  # else it would go on taking connections for a zygote that has died
        _usher(connection, rules)


def _usher(connection: socket.socket, rules: pyseccomp.SyscallFilter) -> NoReturn:
    """In the child: enter the jail, fork the process that belongs to it, wait for it, report."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        packet, descriptors, _, _ = socket.recv_fds(connection, MAX_PACKET, 4)
        request = msgspec.json.decode(packet, type=Request)
        pidfd, *streams = descriptors
        connection.send(msgspec.json.encode(Forked(os.getpid())))
        if connection.recv(len(GO)) == GO:
            join.enter_namespaces(pidfd)
            inmate = os.fork()
            if inmate == 0:
                _become_inmate(request, streams, rules)
            for descriptor in descriptors:
                os.close(descriptor)
            _, status, usage = os.wait4(inmate, 0)
            connection.send(msgspec.json.encode(Exited(status, usage.ru_utime + usage.ru_stime)))
            code = 0
    except (OSError, ValueError, msgspec.MsgspecError):
        traceback.print_exc()
    finally:
        os._exit(code)


def _become_inmate(request: Request, streams: list[int], rules: pyseccomp.SyscallFilter) -> NoReturn:
    """In the grandchild: from here on nothing of the outside is left, and then the role's code runs."""
    try:
        join.arrange_descriptors(*streams)
        join.settle(request.uid, request.limits)
        seccomp.load(rules, counted=request.counted)
    except OSError as error:
        os.write(2, f"the jail could not be entered: {error}".encode())
        os._exit(SETTLING_FAILED)
    try:
        _ROLES[request.role](socket.socket(fileno=join.CHANNEL))
    except SystemExit:
        os._exit(0)
    except BaseException:  # noqa: BLE001 - the outer edge of the process: whatever it was, say it and end
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
