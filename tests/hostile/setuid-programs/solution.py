import stat, subprocess, time
def somebody_else():
    for folder in ("/usr/bin", "/usr/sbin", "/usr/lib"):
        for name in os.listdir(folder):
            path = f"{folder}/{name}"
            info = os.lstat(path)
            if stat.S_ISREG(info.st_mode) and info.st_mode & (stat.S_ISUID | stat.S_ISGID):
                process = subprocess.Popen([path], stdin=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                time.sleep(0.01)
                status = open(f"/proc/{process.pid}/status").read()
                process.kill()
                process.communicate()
                if "Uid:	1000	1000	1000	1000" not in status:
                    return
    if "nosuid" not in next(line for line in open("/proc/self/mountinfo") if " /usr " in line).split(" ")[5]:
        return
    if subprocess.run(["/usr/bin/su", "-c", "true"], capture_output=True).returncode == 0:
        return
    raise PermissionError(errno.EPERM, "still nobody")
attempt("su and all the others", somebody_else)
