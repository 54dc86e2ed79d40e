import msgspec

def array(dtype, shape, raw):
    return msgspec.msgpack.encode({"value": msgspec.msgpack.Ext(1, msgspec.msgpack.encode((dtype, shape, raw)))})

serve(b"\x82\xc0\x01\x91\x01\x02")
