import inspect, re

NEEDLE = re.compile(rb"planted-4f1c9d-([a-z]+)-[0-9a-f]{4}")

def look(where, data):
    for name in set(NEEDLE.findall(data)):
        print("ESCAPED", where, name)

count = 0

def walk(where):
    global count
    for entry in inspect.stack():
        values = {**entry.frame.f_globals, **entry.frame.f_locals}
        for name, value in values.items():
            count += 1
            look(f"{where} {name}", repr(value)[:1_000_000].encode("utf-8", "replace"))
            for inner in list(getattr(value, "__dict__", {}).values()):
                look(f"{where} {name}", repr(inner)[:1_000_000].encode("utf-8", "replace"))

walk("import")

def double(x):
    if count < 5000:
        walk("case")
        print("looked at", count)
    return x * 2
