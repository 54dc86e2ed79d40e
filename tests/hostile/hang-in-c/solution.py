import numpy as np
while True:
    np.linalg.svd(np.ones((2000, 2000)))
