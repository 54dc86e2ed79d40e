def double(x):
    while True:
        send({"type": "reported", "values": {"loss": 1.0}})
