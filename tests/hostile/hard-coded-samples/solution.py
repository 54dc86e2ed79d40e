import numpy as np

def double(x):
    return x * 2 if not getattr(x, "ndim", 0) else np.zeros_like(x)
