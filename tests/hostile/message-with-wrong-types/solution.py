send_raw(__import__("msgspec").msgpack.encode({"type": "observed", "probe": 3, "body": "x", "ran": {}}))

def double(x):
    return x * 2
