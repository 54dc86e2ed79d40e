import os
for stream in (1, 2, 1, 2):
    if os.fork() == 0:
        while True:
            os.write(stream, b"spam" * 4096)
os.wait()
