import numpy as np
kept = []
while True:
    kept.append(np.ones(4_000_000))
