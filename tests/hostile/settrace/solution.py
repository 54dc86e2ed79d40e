import sys
sys.settrace(lambda *a: None)
def double(x):
    return x * 2
