# pages of a shared mapping that no process has any more: resident sizes don't show them
import mmap
kept = []
while True:
    block = mmap.mmap(-1, 1 << 24)
    block.write(b"x" * (1 << 24))
    block.madvise(mmap.MADV_DONTNEED)
    kept.append(block)
