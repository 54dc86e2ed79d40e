"""Figures over what was submitted to a version of a challenge."""
