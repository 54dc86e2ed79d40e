import numpy as np

def double(x):
    return np.full(np.shape(x), np.inf, np.asarray(x).dtype)[()]
