for name in ("io_uring_setup", "io_uring_enter", "io_uring_register"):
    attempt(name, call, name, 1, 0, 0, 0, 0, 0, refused=BY_FILTER)
