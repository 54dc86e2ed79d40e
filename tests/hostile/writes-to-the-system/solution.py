for path in ("/x", "/usr/x", "/dev/x", "/etc/x", "/bin/x", "/lib/x", "/etc/ld.so.preload", os.__file__, "/proc/x"):
    attempt(path, lambda: open(path, "a").write("x"))
