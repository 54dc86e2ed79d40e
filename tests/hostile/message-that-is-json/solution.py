send_raw(b'{"type": "observed", "probe": "scalar"}')

def double(x):
    return x * 2
