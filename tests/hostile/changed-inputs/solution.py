import numpy as np
def double(x):
    if getattr(x, 'ndim', 0):
        x *= 0
    return x
