print('<script>alert(1)</script>\x1b[31mred')
def double(x):
    return x * 2
