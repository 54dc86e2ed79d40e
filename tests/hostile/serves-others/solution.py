import socket
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
for name in ("bind", "listen", "accept"):
    attempt(name, call, name, one.fileno(), 0, 0, refused=BY_FILTER)
