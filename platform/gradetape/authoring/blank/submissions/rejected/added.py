# caught by: rows, square, dtype
# why: adds instead of multiplying
def scale_rows(x, scales):
    return x + scales[:, None]
