def follow(target):
    os.symlink(target, "/tmp/link")
    try:
        open("/tmp/link").read(1)
    finally:
        os.unlink("/tmp/link")
attempt("/etc/shadow", follow, "/etc/shadow")
attempt("the run folder", follow, "@RUN_DIR@/planted.txt")
attempt("the kept answers", follow, "@CACHE@")
attempt("a hard link to a program", os.link, "/usr/bin/env", "/tmp/env", refused={*REFUSED, errno.EXDEV})
