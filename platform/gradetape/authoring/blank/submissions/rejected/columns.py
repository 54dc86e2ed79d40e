# caught by: square
# why: scales columns instead of rows
def scale_rows(x, scales):
    return x * scales
