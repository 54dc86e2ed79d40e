import mmap
kept = []
while True:
    m = mmap.mmap(-1, 1 << 24)
    for i in range(0, 1 << 24, 4096):
        m[i] = 1
    kept.append(m)
