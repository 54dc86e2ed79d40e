serve(__import__("msgspec").msgpack.encode({"value": 2.0}), ran=["SMUG" + "GLED", "json.dumps"], seconds=1e300)
