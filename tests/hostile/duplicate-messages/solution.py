import msgspec

def double(x):
    if not getattr(x, "ndim", 0):
        for _ in range(3):
            send({"type": "observed", "probe": "scalar", "body": msgspec.msgpack.encode({"value": 1.0})})
    return x * 2
