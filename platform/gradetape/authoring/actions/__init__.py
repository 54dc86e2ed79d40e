"""Writes on projects as a whole."""
