import os
while True:
    os.write(3, b"\x00" * 65536)
