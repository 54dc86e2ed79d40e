for name, arguments in (("fsopen", (0, 0)), ("fsconfig", (0, 0, 0, 0, 0)), ("fsmount", (0, 0, 0)), ("fspick", (0, 0, 0)),
                        ("open_tree", (0, 0, 0)), ("move_mount", (0, 0, 0, 0, 0))):
    attempt(name, call, name, *arguments, refused=BY_FILTER)
