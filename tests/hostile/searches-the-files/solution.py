import os, re, sys

NEEDLE = re.compile(rb"planted-4f1c9d-([a-z]+)-[0-9a-f]{4}")

def look(where, data):
    for name in set(NEEDLE.findall(data)):
        print("ESCAPED", where, name)

count = 0
for top in os.listdir("/"):
    if top in ("usr", "proc", "lib", "lib64", "bin", "sbin"):
        continue
    for folder, folders, names in os.walk("/" + top):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in (sys.base_prefix + "/lib", sys.prefix + "/lib")]
        for name in names:
            path = os.path.join(folder, name)
            if name in ("checks.py", "reference.py", "answers.txt", "challenge.toml", "review.md"):
                print("ESCAPED", path)
            try:
                if os.path.isfile(path) and os.path.getsize(path) < 1 << 22:
                    count += 1
                    look(path, open(path, "rb").read())
            except OSError:
                pass
print("looked at", count)

def double(x):
    return x * 2
