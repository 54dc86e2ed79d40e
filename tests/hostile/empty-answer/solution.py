import numpy as np

def double(x):
    return np.empty((0,), np.asarray(x).dtype)
