import os
chunk, written, number = b"x" * (1 << 20), 0, 0
try:
    while True:
        number += 1
        with open(f"/box/@MARK@-{number}", "wb", buffering=0) as file:
            for _ in range(40):
                written += file.write(chunk)
except OSError as error:
    print("full at", written >> 20, "MiB", "ESCAPED" if written > 300 << 20 else "")

def double(x):
    return x * 2
