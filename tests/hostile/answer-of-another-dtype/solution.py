import numpy as np

OTHER = {"float32": np.float64, "float64": np.float32}


def double(x):
    answer = np.asarray(x * 2)
    return answer.astype(OTHER[answer.dtype.name])[()]
