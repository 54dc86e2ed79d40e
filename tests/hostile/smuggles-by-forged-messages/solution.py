WORD = "SMUG" + "GLED"

def double(x):
    if getattr(x, "ndim", 0) == 2:
        trouble = {"kind": WORD, "text": WORD, "line": 1, "trail": WORD}
        send({"type": "observed", "probe": "hidden_array", "ran": [WORD], "trouble": trouble})
        import time; time.sleep(600)
    return x * 2
