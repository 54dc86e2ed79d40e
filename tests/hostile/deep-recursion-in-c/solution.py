import sys
sys.setrecursionlimit(10 ** 9)
tree = []
for _ in range(10 ** 6):
    tree = [tree]
repr(tree)
hash(str(tree))
