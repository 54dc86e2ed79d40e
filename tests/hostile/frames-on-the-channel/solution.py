import os
os.write(3, b'\x00\x00\x00\x05hello')
def double(x):
    return x * 2
