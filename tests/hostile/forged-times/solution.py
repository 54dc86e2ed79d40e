serve(__import__("msgspec").msgpack.encode({"value": 9.0}), seconds=float("nan"))
