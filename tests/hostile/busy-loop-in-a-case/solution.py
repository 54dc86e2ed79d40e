def double(x):
    while getattr(x, "ndim", 0) == 2:
        pass
    return x * 2
