import gc, json, types
code = json.dumps.__code__
original = next(thing for constant in code.co_consts if callable(constant)
                for cell in constant.__closure__ for thing in [cell.cell_contents]
                if isinstance(thing, types.FunctionType) and thing.__name__ == "dumps")
json.dumps.__code__ = original.__code__

def double(x):
    json.dumps(1)
    return x * 2
