for name in ("name_to_handle_at", "open_by_handle_at", "fanotify_init", "mknodat"):
    attempt(name, call, name, 0, 0, 0, 0, 0, refused=BY_FILTER)
