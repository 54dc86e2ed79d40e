for name in ("keyctl", "add_key", "request_key"):
    attempt(name, call, name, 0, 0, 0, 0, 0, refused=BY_FILTER)
