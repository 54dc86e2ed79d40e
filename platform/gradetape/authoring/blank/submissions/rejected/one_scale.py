# caught by: rows, square, dtype
# why: one scale for all rows
def scale_rows(x, scales):
    return x * scales[0]
