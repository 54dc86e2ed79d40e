attempt("ambient", call, "prctl", 47, 2, 21, 0, 0, refused=BY_FILTER)
attempt("keep", call, "prctl", 8, 1, 0, 0, 0, refused=BY_FILTER)
attempt("securebits", call, "prctl", 28, 0, 0, 0, 0, refused=BY_FILTER)
def any_left():
    sets = [line.split()[1] for line in open("/proc/self/status") if line.startswith("Cap")]
    if not any(int(value, 16) for value in sets) and len(sets) == 5:
        raise PermissionError(errno.EPERM, "none")
attempt("in the sets", any_left)
