"""Grading again what was sent before, with another version: to see what would change, and to change it."""
