import msgspec

def array(dtype, shape, raw):
    return msgspec.msgpack.encode({"value": msgspec.msgpack.Ext(1, msgspec.msgpack.encode((dtype, shape, raw)))})

serve(b"\x82\xa5value\xcb\x00\x00\x00\x00\x00\x00\x00\x00\xa5value\x09")
