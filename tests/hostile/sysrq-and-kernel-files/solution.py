for path in ("/proc/sysrq-trigger", "/proc/1/timerslack_ns", "/proc/irq/default_smp_affinity", "/proc/mtrr",
             "/proc/acpi/x", "/proc/scsi/scsi", "/proc/1/comm"):
    attempt(path, lambda: os.write(os.open(path, os.O_WRONLY), b"0"), refused={*REFUSED, errno.EINVAL})
