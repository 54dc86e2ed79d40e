"""What a jailed process may ask of the kernel: an allow-list, everything else is refused with EPERM.

The list is what TensorFlow, NumPy and CPython use (training, tf.data, XLA, saving and loading, TFLite), with a few
kin of those calls that libc may choose instead. Look at it again with each TensorFlow release. See seccomp(2) and
libseccomp's seccomp_rule_add(3).
"""

from __future__ import annotations

import errno

import pyseccomp

_FILES = [
    "read",
    "write",
    "readv",
    "writev",
    "pread64",
    "pwrite64",
    "preadv",
    "pwritev",
    "preadv2",
    "pwritev2",
    "open",
    "openat",
    "openat2",
    "creat",
    "close",
    "close_range",
    "lseek",
    "stat",
    "fstat",
    "lstat",
    "newfstatat",
    "statx",
    "statfs",
    "fstatfs",
    "access",
    "faccessat",
    "faccessat2",
    "readlink",
    "readlinkat",
    "getdents",
    "getdents64",
    "getcwd",
    "chdir",
    "fchdir",
    "mkdir",
    "mkdirat",
    "rmdir",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "chmod",
    "fchmod",
    "fchmodat",
    "chown",
    "fchown",
    "fchownat",
    "lchown",
    "umask",
    "truncate",
    "ftruncate",
    "fallocate",
    "fadvise64",
    "fsync",
    "fdatasync",
    "sync_file_range",
    "utime",
    "utimes",
    "utimensat",
    "futimesat",
    "dup",
    "dup2",
    "dup3",
    "fcntl",
    "flock",
    "pipe",
    "pipe2",
    "sendfile",
    "copy_file_range",
    "splice",
    "tee",
    "getxattr",
    "lgetxattr",
    "fgetxattr",
    "listxattr",
    "flistxattr",
    "llistxattr",
]
_MEMORY = [
    "munmap",
    "mremap",
    "mprotect",
    "madvise",
    "brk",
    "msync",
    "mincore",
    "mlock",
    "mlock2",
    "munlock",
    "membarrier",
    "pkey_alloc",
    "pkey_free",
    "pkey_mprotect",
]
_EVENTS = [
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "epoll_create",
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "epoll_pwait",
    "epoll_pwait2",
    "eventfd",
    "eventfd2",
    "timerfd_create",
    "timerfd_settime",
    "timerfd_gettime",
    "futex",
    "futex_waitv",
    "sendmsg",
    "recvmsg",
    "sendto",
    "recvfrom",
    "shutdown",
    "getsockopt",
    "setsockopt",
    "getsockname",
    "getpeername",
    "inotify_init1",
    "inotify_add_watch",
    "inotify_rm_watch",
]
_PROCESS = [
    "fork",
    "vfork",
    "execve",
    "execveat",
    "exit",
    "exit_group",
    "wait4",
    "waitid",
    "kill",
    "tgkill",
    "tkill",
    "pidfd_open",
    "pidfd_send_signal",
    "set_tid_address",
    "set_robust_list",
    "get_robust_list",
    "rseq",
    "arch_prctl",
    "prctl",
    "getpid",
    "getppid",
    "gettid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getresuid",
    "getresgid",
    "getgroups",
    "getpgrp",
    "getpgid",
    "setpgid",
    "getsid",
    "setsid",
    "getrusage",
    "getrlimit",
    "setrlimit",
    "times",
    "sysinfo",
    "uname",
    "getcpu",
    "getrandom",
    "alarm",
    "setitimer",
    "getitimer",
    "pause",
    "capget",
    "sched_yield",
    "sched_getaffinity",
    "sched_setaffinity",
    "sched_getparam",
    "sched_getscheduler",
    "sched_get_priority_max",
    "sched_get_priority_min",
    "getpriority",
    "timer_create",
    "timer_settime",
    "timer_gettime",
    "timer_delete",
    "timer_getoverrun",
    "restart_syscall",
]
_TIME = ["clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time"]
_SIGNALS = [
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigsuspend",
    "rt_sigpending",
    "rt_sigtimedwait",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "sigaltstack",
]
ALLOWED = (*_FILES, *_MEMORY, *_EVENTS, *_PROCESS, *_TIME, *_SIGNALS)

_NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW* flag that clone(2) takes
_AF_UNIX = 1
_MAP_SHARED, _MAP_ANONYMOUS = 0x01, 0x20
_HARMLESS_IOCTLS = (
    0x5401,
    0x5413,
    0x541B,
    0x5421,
    0x5450,
    0x5451,
)  # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
_HARMLESS_PRCTLS = (
    1,
    2,
    3,
    4,
    15,
    16,
    21,
    38,
    39,
    0x53564D41,
)  # death signal, dumpable, name, seccomp state, no_new_privs, VMA names


def build() -> pyseccomp.SyscallFilter:
    """The filter, but for what `load` adds.

    It is for the machine's own architecture only, so i386 and x32 calls are refused.
    """
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in ALLOWED:
        if name != "prctl":
            rules.add_rule(pyseccomp.ALLOW, name)
    rules.add_rule(pyseccomp.ALLOW, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _NEW_NAMESPACES, 0))
    rules.add_rule(
        pyseccomp.ALLOW, "socketpair", pyseccomp.Arg(0, pyseccomp.EQ, _AF_UNIX)
    )  # asyncio wakes itself with one; socket stays refused
    rules.add_rule(
        pyseccomp.ERRNO(errno.ENOSYS), "clone3"
    )  # its flags lie in memory; libc falls back to clone, but not on EPERM
    for request in _HARMLESS_IOCTLS:
        rules.add_rule(pyseccomp.ALLOW, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, request))
    # one process's own limits, nobody else's
    rules.add_rule(pyseccomp.ALLOW, "prlimit64", pyseccomp.Arg(0, pyseccomp.EQ, 0))
    for option in _HARMLESS_PRCTLS:
        rules.add_rule(pyseccomp.ALLOW, "prctl", pyseccomp.Arg(0, pyseccomp.EQ, option))
    return rules


def load(rules: pyseccomp.SyscallFilter, *, counted: bool) -> None:
    """Load the filter into this process, for good.

    `counted` says that the kernel counts all memory of the jail. Without that, memory that belongs to no process can't
    be had: the watchdog of `grader.jail.accounting` sees processes and folders only. `rules` can't be used again.
    """
    if counted:
        rules.add_rule(pyseccomp.ALLOW, "mmap")
        rules.add_rule(pyseccomp.ALLOW, "memfd_create")
    else:
        for flags in (0, _MAP_SHARED, _MAP_ANONYMOUS):  # everything but both
            either = pyseccomp.Arg(3, pyseccomp.MASKED_EQ, _MAP_SHARED | _MAP_ANONYMOUS, flags)
            rules.add_rule(pyseccomp.ALLOW, "mmap", either)
    rules.load()
