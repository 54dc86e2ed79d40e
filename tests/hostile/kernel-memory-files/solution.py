for path in ("/proc/kcore", "/proc/kmsg", "/dev/mem", "/dev/kmem", "/dev/kmsg", "/proc/kpagecount"):
    attempt(path, lambda: open(path, "rb").read(1))
