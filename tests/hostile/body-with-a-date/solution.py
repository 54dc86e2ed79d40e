import msgspec

def array(dtype, shape, raw):
    return msgspec.msgpack.encode({"value": msgspec.msgpack.Ext(1, msgspec.msgpack.encode((dtype, shape, raw)))})

serve({"now": 1} and b"\x81\xa5value\xd6\xff\x00\x00\x00\x00")
