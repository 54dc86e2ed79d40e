send_raw(b"\x93\x01\x02\x03")

def double(x):
    return x * 2
