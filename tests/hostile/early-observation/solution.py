import msgspec, os, struct
body = msgspec.msgpack.encode({'type': 'observed', 'probe': 'scalar', 'body': b'\xc3'})
os.write(3, struct.pack('>I', len(body)) + body)
def double(x):
    return x * 2
