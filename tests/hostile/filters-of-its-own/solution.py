attempt("seccomp", call, "seccomp", 0, 0, 0, refused=BY_FILTER)
attempt("PR_SET_SECCOMP", call, "prctl", 22, 1, 0, 0, 0, refused=BY_FILTER)
attempt("PR_SET_MM", call, "prctl", 35, 1, 0, 0, 0, refused=BY_FILTER)
