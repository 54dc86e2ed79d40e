def inherited():
    names = []
    for number in range(4, 65536):
        try:
            names.append(os.readlink(f"/proc/self/fd/{number}"))
        except OSError:
            pass
    if not names:
        raise FileNotFoundError(errno.ENOENT, "none")
attempt("descriptors beyond the channel", inherited)
def folders():
    for number in range(4):
        if os.readlink(f"/proc/self/fd/{number}").startswith("/") and number:
            return
    raise FileNotFoundError(errno.ENOENT, "none")
attempt("files among the others", folders)
