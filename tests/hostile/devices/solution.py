import stat
attempt("mknod", lambda: os.mknod("/tmp/device", 0o600 | stat.S_IFBLK, os.makedev(8, 0)))
def block():
    if any(stat.S_ISBLK(os.lstat(f"/dev/{name}").st_mode) for name in os.listdir("/dev")):
        return
    raise FileNotFoundError(errno.ENOENT, "none")
attempt("block devices", block)
attempt("/dev/fuse", lambda: open("/dev/fuse"))
