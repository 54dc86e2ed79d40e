init = os.pidfd_open(1)
attempt("pidfd_getfd", call, "pidfd_getfd", init, 0, 0, refused=BY_FILTER)
attempt("/proc/1/fd", lambda: os.open("/proc/1/fd/0", os.O_RDWR))
