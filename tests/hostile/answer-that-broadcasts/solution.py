import numpy as np

def double(x):
    answer = x * 2
    return answer[None] if getattr(x, "ndim", 0) else answer
