import atexit, sys
atexit.register(lambda: print('late'))
sys.excepthook = None
def double(x):
    return x * 2
