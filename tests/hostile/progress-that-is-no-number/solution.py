def double(x):
    send({"type": "reported", "values": {"a": float("na" + "n"), "b": float("in" + "f")}})
    return x * 2
