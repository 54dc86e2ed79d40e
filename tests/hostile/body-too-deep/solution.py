import msgspec

def array(dtype, shape, raw):
    return msgspec.msgpack.encode({"value": msgspec.msgpack.Ext(1, msgspec.msgpack.encode((dtype, shape, raw)))})

serve(b"\x91" * 1_000_000 + b"\xc0")
