import numpy as np

raise RuntimeError('no thanks')
