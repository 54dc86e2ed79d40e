import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def everybody():
    os.kill(-1, signal.SIGTERM)
    time.sleep(0.2)
    raise PermissionError(errno.EPERM, "still here")
attempt("kill(-1)", everybody)
