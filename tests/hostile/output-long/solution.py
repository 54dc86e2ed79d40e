print('first')
print('x' * 100_000)
print('last')
def double(x):
    return x * 2
