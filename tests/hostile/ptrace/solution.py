attempt("attach to init", call, "ptrace", 16, 1, 0, 0, refused=BY_FILTER)
attempt("seize", call, "ptrace", 0x4206, 1, 0, 0, refused=BY_FILTER)
attempt("trace me", call, "ptrace", 0, 0, 0, 0, refused=BY_FILTER)
