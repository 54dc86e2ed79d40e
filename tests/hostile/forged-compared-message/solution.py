def double(x):
    send({"type": "compared", "case": "scalar", "share": 1.0})
    return x * 2
