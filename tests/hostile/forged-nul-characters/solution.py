import time
print("a\0b")
send({"type": "loaded", "trouble": {"kind": "ValueError", "text": "a\0b\ud7ff"}})
time.sleep(600)
