import os, time
os.write(3, b"\x00\x00\x10\x00half")
time.sleep(600)
