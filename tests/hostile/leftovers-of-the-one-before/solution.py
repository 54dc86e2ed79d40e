import builtins, os, sys
import numpy, tensorflow
NAME = "@MARK@"
places = [f"{folder}/{NAME}" for folder in ("/tmp", "/box", "/dev/shm")]
things = (builtins, sys, numpy, tensorflow, os)
seen = [path for path in places if os.path.exists(path)]
seen += [str(thing) for thing in things if hasattr(thing, "left_here")]
seen += ["environment"] * (NAME in os.environ)
print("ESCAPED" if seen else "clean", seen)
for path in places:
    open(path, "w").write("me")
for thing in things:
    thing.left_here = True
os.environ[NAME] = "me"

def double(x):
    return x * 2
