import time
send({"type": "loaded", "trouble": {"kind": "MemoryError", "text": "here", "memory": True}})
time.sleep(600)
