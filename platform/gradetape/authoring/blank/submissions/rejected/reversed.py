# caught by: rows, square, dtype
# why: takes the scales from the last to the first
def scale_rows(x, scales):
    return x * scales[::-1, None]
