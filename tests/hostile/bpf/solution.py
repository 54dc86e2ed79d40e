attempt("bpf", call, "bpf", 0, 0, 0, refused=BY_FILTER)
