def x32():
    child = os.fork()
    if child == 0:
        os._exit(0 if libc.syscall(ctypes.c_long(0x40000000 | 39)) == os.getpid() else 1)
    if os.waitpid(child, 0)[1] != 0:
        raise PermissionError(errno.EPERM, "refused")
attempt("getpid of x32", x32)
