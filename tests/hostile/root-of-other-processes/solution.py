for path in ("/proc/1/root/etc", "/proc/1/cwd/x", "/proc/1/fd/0", "/proc/1/mem", "/proc/1/environ", "/proc/1/maps"):
    attempt(path, lambda: os.listdir(path) if path.endswith("etc") else open(path, "rb").read(1))
