import numpy as np

class Fixed:
    def normal(self, size=None):
        return np.zeros(size or ())

np.random.default_rng = lambda *a, **k: Fixed()

def double(x):
    return x * 3 + 1
