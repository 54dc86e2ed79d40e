import json, types

def double(x):
    copy = types.FunctionType(json.dumps.__code__, json.dumps.__globals__)
    copy.__kwdefaults__ = json.dumps.__kwdefaults__
    copy(1)
    return x * 2
