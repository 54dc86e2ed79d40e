"""Put before submissions with `insider = true`: what somebody who has read our sources would bring along.

`attempt` counts what it tries. Refused is only what fails with one of the expected numbers: an error that the kernel
gives after it has begun to look at the arguments means that the door was open. BY_FILTER is what seccomp answers.
"""

# ruff: noqa: PLW0603, T201 - a program of an attacker, who counts and prints

import ctypes
import errno
import os

import msgspec
import pyseccomp

libc = ctypes.CDLL(None, use_errno=True)
BY_FILTER = {errno.EPERM}
REFUSED = {errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.ENXIO, errno.ESRCH}
tried = held = 0


def attempt(name, action, *arguments, refused=REFUSED):
    global tried, held
    tried += 1
    try:
        action(*arguments)
    except OSError as error:
        if error.errno in refused:
            held += 1
        else:
            print("ESCAPED: it got as far as", name, repr(error))
    else:
        print("ESCAPED:", name)


def call(name, *arguments):
    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    if libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), name)


def clone(flags):
    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, "clone")
    child = libc.syscall(ctypes.c_long(number), ctypes.c_long(flags | 17), 0, 0, 0, 0)
    if child == 0:
        os._exit(0)
    if child < 0:
        raise OSError(ctypes.get_errno(), "clone")


def send_raw(body):
    data = len(body).to_bytes(4, "big") + body
    while data:
        data = data[os.write(3, data) :]


def send(message):
    send_raw(msgspec.msgpack.encode(message))


def receive():
    data = b""
    while len(data) < 4:
        data += os.read(3, 4 - len(data))
    length, data = int.from_bytes(data, "big"), b""
    while len(data) < length:
        data += os.read(3, length - len(data))
    return msgspec.msgpack.decode(data)


def serve(body, **fields):
    """Answer every request with the same body, in place of the platform's own runner."""
    send({"type": "loaded"})
    while True:
        send({"type": "observed", "probe": receive()["probe"], "body": body, **fields})


def double(x):
    return x * 2
