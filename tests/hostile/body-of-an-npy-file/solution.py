import msgspec

def array(dtype, shape, raw):
    return msgspec.msgpack.encode({"value": msgspec.msgpack.Ext(1, msgspec.msgpack.encode((dtype, shape, raw)))})

serve(b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }")
