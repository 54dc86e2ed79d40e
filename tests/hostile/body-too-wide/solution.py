import msgspec

def array(dtype, shape, raw):
    return msgspec.msgpack.encode({"value": msgspec.msgpack.Ext(1, msgspec.msgpack.encode((dtype, shape, raw)))})

serve(b"\xdd" + (30_000_000).to_bytes(4, "big") + b"\x90" * 30_000_000)
