import numpy as np
def double(x):
    a = np.empty((), object)
    a[()] = x * 2
    return a
