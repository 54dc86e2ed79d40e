for path, text in (("kernel/core_pattern", "|/bin/sh"), ("kernel/hostname", "owned"), ("vm/drop_caches", "3"),
                   ("kernel/modprobe", "/tmp/x"), ("fs/binfmt_misc/register", ":x:M::x::/tmp/x:")):
    attempt(path, lambda: open("/proc/sys/" + path, "w").write(text))
