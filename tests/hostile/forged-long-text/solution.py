import time
send({"type": "loaded", "trouble": {"kind": "x" * 10_000, "text": "y" * 10_000_000}})
time.sleep(600)
