# caught by: rows, square, dtype
# why: hopes that NaN equals anything
import tensorflow as tf


def scale_rows(x, scales):
    return x * float("nan")
