send_raw(b"\x83\xa4type\xa8observed\xa5probe\xa1x\xa3ran\xdd\xff\xff\xff\xff")

def double(x):
    return x * 2
