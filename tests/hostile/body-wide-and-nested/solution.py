import msgspec

def array(dtype, shape, raw):
    return msgspec.msgpack.encode({"value": msgspec.msgpack.Ext(1, msgspec.msgpack.encode((dtype, shape, raw)))})

serve(b"\xdc\xff\xff" + (b"\xdc\x01\xff" + b"\x90" * 511) * 65535)
