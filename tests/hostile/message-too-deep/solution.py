send_raw(b"\x91" * 100_000)

def double(x):
    return x * 2
