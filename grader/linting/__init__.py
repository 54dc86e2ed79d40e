"""What is wrong with a challenge package, found by reading it.

Nothing of a package is imported or run here: TOML is read by tomllib, Python by ast. So a web process may look at what
an author has just typed, and a package may be as broken as it likes.
"""
