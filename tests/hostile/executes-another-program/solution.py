import os
os.execv("/bin/sh", ["sh", "-c", "echo replaced; exit 0"])
