import socket
attempt("a socket", socket.socket, socket.AF_UNIX, socket.SOCK_STREAM, refused=BY_FILTER)
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
attempt("sending to a path", one.sendto, b"x", "@SOCKET@")
attempt("sending to an abstract name", one.sendto, b"x", b"\0@ABSTRACT@", refused={*REFUSED, errno.ECONNREFUSED})
attempt("connecting", call, "connect", one.fileno(), 0, 0, refused=BY_FILTER)
