send_raw(b"")

def double(x):
    return x * 2
