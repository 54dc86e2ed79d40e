import numpy as np
np.ones(10**13)
