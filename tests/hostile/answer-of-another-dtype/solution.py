import numpy as np

def double(x):
    return np.asarray(x * 2).astype(np.float16)[()]
