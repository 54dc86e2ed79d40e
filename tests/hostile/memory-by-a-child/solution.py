import os
import numpy as np
child = os.fork()
if child == 0:
    kept = []
    while True:
        kept.append(np.ones(4_000_000))
os.waitpid(child, 0)

def double(x):
    return x * 2
