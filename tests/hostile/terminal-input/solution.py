import fcntl, pty
attempt("TIOCSTI", fcntl.ioctl, 0, 0x5412, b"x", refused=BY_FILTER)
attempt("TIOCLINUX", fcntl.ioctl, 0, 0x541C, b"\2", refused=BY_FILTER)
attempt("a terminal of its own", pty.openpty, refused={*REFUSED, None})
