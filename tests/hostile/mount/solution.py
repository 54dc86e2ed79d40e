for name, arguments in (("mount", (0, 0, 0, 0, 0)), ("umount2", (0, 0)), ("pivot_root", (0, 0)), ("chroot", (0,)),
                        ("mount_setattr", (0, 0, 0, 0, 0)), ("swapon", (0, 0)), ("swapoff", (0,)), ("quotactl", (0, 0, 0, 0))):
    attempt(name, call, name, *arguments, refused=BY_FILTER)
