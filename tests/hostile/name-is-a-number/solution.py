x = 1
double = 3
