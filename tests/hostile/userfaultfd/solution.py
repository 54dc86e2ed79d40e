attempt("userfaultfd", call, "userfaultfd", 1, refused=BY_FILTER)
attempt("/dev/userfaultfd", lambda: open("/dev/userfaultfd"))
