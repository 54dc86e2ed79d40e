import gc, re

NEEDLE = re.compile(rb"planted-4f1c9d-([a-z]+)-[0-9a-f]{4}")

def look(where, data):
    for name in set(NEEDLE.findall(data)):
        print("ESCAPED", where, name)

gc.unfreeze()
count = 0
for thing in gc.get_objects():
    for inner in gc.get_referents(thing) if type(thing) in (dict, list, tuple) else ():
        if type(inner) in (str, bytes, bytearray):
            count += 1
            look(type(thing), inner.encode("utf-8", "replace") if type(inner) is str else bytes(inner))
print("looked at", count)

def double(x):
    return x * 2
