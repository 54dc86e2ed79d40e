"""Mutants: mistakes proposed from a reference, to see which of them no case of a challenge catches.

Standard library only: a reference is read and never run here.
"""
