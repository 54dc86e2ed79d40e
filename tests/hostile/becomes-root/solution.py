for name, arguments in (("setuid", (0,)), ("setgid", (0,)), ("setresuid", (0, 0, 0)), ("setresgid", (0, 0, 0)),
                        ("setreuid", (0, 0)), ("setregid", (0, 0)), ("setgroups", (0, 0)), ("setfsuid", (0,)),
                        ("setfsgid", (0,)), ("capset", (0, 0))):
    attempt(name, call, name, *arguments, refused=BY_FILTER)
