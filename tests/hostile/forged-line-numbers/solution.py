import time
send({"type": "loaded", "trouble": {"kind": "ValueError", "text": "here", "line": 2 ** 62}})
time.sleep(600)
