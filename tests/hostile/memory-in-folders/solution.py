import time
chunk = b"x" * (1 << 20)
for folder in ("/tmp", "/box"):
    with open(f"{folder}/filling", "wb", buffering=0) as file:
        for _ in range(200):
            file.write(chunk)
time.sleep(5)

def double(x):
    return x * 2
