attempt("perf_event_open", call, "perf_event_open", 0, 0, -1, -1, 0, refused=BY_FILTER)
attempt("lookup_dcookie", call, "lookup_dcookie", 0, 0, 0, refused=BY_FILTER)
