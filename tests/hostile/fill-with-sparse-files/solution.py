import os
file = os.open("/tmp/sparse", os.O_RDWR | os.O_CREAT)
os.posix_fallocate(file, 0, 1 << 40)
print("ESCAPED: a file of a terabyte")
