import re

NEEDLE = re.compile(rb"planted-4f1c9d-([a-z]+)-[0-9a-f]{4}")

def look(where, data):
    for name in set(NEEDLE.findall(data)):
        print("ESCAPED", where, name)

total = 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
    for line in maps.readlines():
        span, mode, *_ , = line.split()
        start, end = (int(part, 16) for part in span.split("-"))
        if not mode.startswith("rw") or end - start > 1 << 30:
            continue
        for at in range(start, end, 1 << 22):
            try:
                memory.seek(at)
                data = memory.read(min(1 << 22, end - at))
            except (OSError, ValueError, OverflowError):
                continue
            total += len(data)
            look(hex(at), data)
print("looked at", total)

def double(x):
    return x * 2
