import numpy as np

def double(x):
    answer = np.array(x * 2)
    if answer.size:
        answer.flat[0] = np.nan
    return answer[()]
