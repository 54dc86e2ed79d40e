import json
from json import dumps as harmless
kept = getattr(json, "du" + "mps")

def double(x):
    harmless(1), kept(2)
    return x * 2
