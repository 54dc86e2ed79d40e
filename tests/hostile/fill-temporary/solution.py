import tempfile
f = tempfile.TemporaryFile()
while True:
    f.write(b'x' * (1 << 20))
