import resource
for name in ("FSIZE", "NOFILE", "CORE", "STACK", "CPU", "MEMLOCK", "NPROC"):
    limit = getattr(resource, "RLIMIT_" + name)
    hard = resource.getrlimit(limit)[1]
    def raise_it():
        try:
            resource.setrlimit(limit, (hard + 1, hard + 1))
        except ValueError as error:
            raise PermissionError(errno.EPERM, str(error))
    attempt(name, raise_it)
attempt("limits of another", call, "prlimit64", 1, 0, 0, 0, refused=BY_FILTER)
