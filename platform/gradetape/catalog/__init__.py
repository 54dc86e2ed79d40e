"""Challenges and their published versions."""
