import mmap
def map_zero():
    file = os.open("/dev/zero", os.O_RDWR)
    mmap.mmap(file, 1 << 24)
attempt("shared memory out of /dev/zero", map_zero, refused={*REFUSED, errno.ENODEV})
