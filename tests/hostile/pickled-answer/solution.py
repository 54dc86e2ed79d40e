import pickle
def double(x):
    return pickle.dumps(x * 2)
