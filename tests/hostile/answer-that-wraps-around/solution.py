import numpy as np

def double(x):
    return np.asarray(x * 2).astype(np.int8).astype(np.uint8)[()]
