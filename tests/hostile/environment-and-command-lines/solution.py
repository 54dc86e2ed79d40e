import os, re

NEEDLE = re.compile(rb"planted-4f1c9d-([a-z]+)-[0-9a-f]{4}")

def look(where, data):
    for name in set(NEEDLE.findall(data)):
        print("ESCAPED", where, name)

look("environ", repr(dict(os.environ)).encode())
count = 0
for pid in [name for name in os.listdir("/proc") if name.isdigit()]:
    for name in ("environ", "cmdline", "status", "mountinfo", "cgroup"):
        try:
            look(f"{pid} {name}", open(f"/proc/{pid}/{name}", "rb").read())
            count += 1
        except OSError:
            pass
print("looked at", count)

def double(x):
    return x * 2
