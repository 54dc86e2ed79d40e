import importlib
for name in ("checks", "reference", "reference.toy", "challenges", "data.secret", "gradetape", "manage"):
    try:
        importlib.import_module(name)
        print("ESCAPED", name)
    except ImportError:
        pass
from grader.checking import registry
if registry.checks or registry.prepare:
    print("ESCAPED", registry.checks)
print("nothing there")

def double(x):
    return x * 2
