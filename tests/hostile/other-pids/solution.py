def strangers():
    seen = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    if set(seen) <= {1, os.getpid()}:
        raise PermissionError(errno.EPERM, "nobody else is here")
attempt("others in /proc", strangers)
def outside():
    for pid in (@WORKER@, @ZYGOTE@, @SIBLING@):
        if os.path.exists(f"/proc/{pid}/status"):
            return
    raise ProcessLookupError(errno.ESRCH, "none")
attempt("worker, zygote and sibling", outside)
